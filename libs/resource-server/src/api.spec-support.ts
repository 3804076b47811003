import { setTimeout as pause } from 'node:timers/promises';
import { Controller, Get, Module, Post, UseGuards } from '@nestjs/common';
import {
  type ClientProxy,
  ClientProxyFactory,
  MessagePattern,
  type MicroserviceOptions,
  NatsRecordBuilder,
  Transport,
} from '@nestjs/microservices';
import { messageHeaders, natsTransportOptions } from '@tandem/messaging';
import { createLogger, createWebApp, startListening } from '@tandem/web-server';
import type { Listening } from '@tandem/web-server';
import { firstValueFrom, timeout } from 'rxjs';
import { AccessTokenGuard } from './access-token.guard.js';
import type { AccessToken } from './access-token-validator.js';
import { CurrentToken, RequireScopes } from './decorators.js';
import { AUDIENCE, type TestIssuer } from './issuer.spec-support.js';
import type { ResourceServerOptions } from './options.js';
import { ResourceServerModule } from './resource-server.module.js';
import { RevocationListener } from './revocation-listener.js';

@Controller('things')
@UseGuards(AccessTokenGuard)
class ThingsController {
  @Get()
  @MessagePattern('things.list')
  @RequireScopes('read:things')
  list(@CurrentToken() token: AccessToken): object {
    return { of: token.subject };
  }

  @Post()
  @MessagePattern('things.add')
  @RequireScopes('read:things', 'write:things')
  add(): object {
    return {};
  }

  @Post('any')
  any(): object {
    return {};
  }
}

/** A small API on the library under test, over HTTP and, where it has a bus, over NATS. */
export class TestApi {
  private constructor(
    private readonly listening: Listening,
    readonly revocations: RevocationListener,
    private readonly bus: ClientProxy | undefined,
  ) {}

  static async start(issuer: TestIssuer, options: Partial<ResourceServerOptions> = {}): Promise<TestApi> {
    const client = { clientId: 'api:1', clientSecret: 'sécret' };
    const all = { issuer: issuer.url, audience: AUDIENCE, client, ...options };
    class ApiModule {}
    Module({ imports: [ResourceServerModule.forRoot(all)], controllers: [ThingsController] })(ApiModule);
    const app = await createWebApp(ApiModule, { logger: createLogger('things', 'silent') });
    const { nats } = all;
    let bus: ClientProxy | undefined;
    if (nats !== undefined) {
      const transport = {
        transport: Transport.NATS as const,
        options: natsTransportOptions({ ...nats, name: 'things' }),
      };
      app.connectMicroservice<MicroserviceOptions>(transport, { inheritAppConfig: false });
      await app.startAllMicroservices();
      bus = ClientProxyFactory.create(transport);
    }
    const listen = { host: '127.0.0.1', port: 0, managementPort: 0, checks: {}, shutdownGraceSeconds: 0 };
    return new TestApi(await startListening(app, listen), app.get(RevocationListener), bus);
  }

  request(path = '/things', init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.listening.url}${path}`, init);
  }

  /** The answer to GET /things with a token. */
  get(token: string): Promise<Response> {
    return this.request('/things', { headers: { authorization: `Bearer ${token}` } });
  }

  async status(token: string): Promise<number> {
    return (await this.get(token)).status;
  }

  /** The answer over NATS, or what it was refused with. */
  async call(pattern: string, authorization?: string): Promise<unknown> {
    if (this.bus === undefined) throw new Error('this API has no bus');
    const record = new NatsRecordBuilder({}).setHeaders(
      messageHeaders(authorization === undefined ? {} : { authorization }),
    );
    try {
      return await firstValueFrom(this.bus.send<unknown>(pattern, record.build()).pipe(timeout(2_000)));
    } catch (refusal) {
      return refusal;
    }
  }

  async stop(): Promise<void> {
    await this.bus?.close();
    await this.listening.drain();
  }
}

/** Looks until it is so. */
export async function until(isSo: () => boolean | Promise<boolean>, seconds = 15): Promise<void> {
  const end = performance.now() + seconds * 1_000;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`it did not become so within ${seconds} s`);
    await pause(10);
  }
}
