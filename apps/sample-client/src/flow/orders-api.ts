import { AUTHORIZATION_HEADER, ORDERS_SUBJECTS } from '@tandem/contracts';
import { INBOXES, messageHeaders, natsTransportOptions } from '@tandem/messaging';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { type ClientProxy, ClientProxyFactory, NatsRecordBuilder, Transport } from '@nestjs/microservices';
import { firstValueFrom, timeout } from 'rxjs';
import { CONFIG } from '../config.js';
import type { SampleClientConfig } from '../config.js';
import type { ApiCall } from './flow.js';

const PATIENCE_MILLISECONDS = 3_000;
/** More than that is not kept for the page. */
const LONGEST_ANSWER = 8_000;
const ORDER = { lines: [{ article: 'Tea, Darjeeling', quantity: 2 }] };

/** Steps 9 and 10: calls to the API with the second access token, over HTTP and over NATS. */
@Injectable()
export class OrdersApi implements OnModuleDestroy {
  private readonly bus: ClientProxy | undefined;

  constructor(@Inject(CONFIG) private readonly config: SampleClientConfig) {
    const { nats } = config;
    if (nats === undefined) return;
    const credentials = nats.seedFile === undefined ? {} : { seedFile: nats.seedFile, inboxPrefix: INBOXES.client };
    this.bus = ClientProxyFactory.create({
      transport: Transport.NATS,
      options: natsTransportOptions({ url: nats.url, name: 'sample-client', ...credentials }),
    });
  }

  get hasBus(): boolean {
    return this.bus !== undefined;
  }

  list(accessToken: string): Promise<ApiCall> {
    return this.overHttp('GET', accessToken);
  }

  place(accessToken: string): Promise<ApiCall> {
    return this.overHttp('POST', accessToken);
  }

  /** The same call over the bus; the token travels in the message's header. */
  async listOverNats(accessToken: string): Promise<ApiCall> {
    const what = `${ORDERS_SUBJECTS.list} · ${AUTHORIZATION_HEADER}: Bearer …`;
    if (this.bus === undefined) return { over: 'NATS', what, status: 503, answer: 'no NATS is configured' };
    const record = new NatsRecordBuilder({})
      .setHeaders(messageHeaders({ [AUTHORIZATION_HEADER]: `Bearer ${accessToken}` }))
      .build();
    try {
      const answer: unknown = await firstValueFrom(
        this.bus.send(ORDERS_SUBJECTS.list, record).pipe(timeout(PATIENCE_MILLISECONDS)),
      );
      return { over: 'NATS', what, status: 200, answer: JSON.stringify(answer).slice(0, LONGEST_ANSWER) };
    } catch (error) {
      const refusal =
        typeof error === 'object' && error !== null && 'status' in error ? (error as { status: unknown }) : undefined;
      return {
        over: 'NATS',
        what,
        status: Number(refusal?.status ?? 504),
        answer: refusal === undefined ? 'no answer' : JSON.stringify(refusal),
      };
    }
  }

  async onModuleDestroy(): Promise<void> {
    await this.bus?.close();
  }

  private async overHttp(method: 'GET' | 'POST', accessToken: string): Promise<ApiCall> {
    const what = `${method} ${this.config.apiUrl}/orders · Authorization: Bearer …`;
    try {
      const response = await fetch(`${this.config.apiUrl}/orders`, {
        method,
        headers: {
          authorization: `Bearer ${accessToken}`,
          ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
        },
        signal: AbortSignal.timeout(PATIENCE_MILLISECONDS),
        ...(method === 'POST' ? { body: JSON.stringify(ORDER) } : {}),
      });
      return { over: 'HTTP', what, status: response.status, answer: (await response.text()).slice(0, LONGEST_ANSWER) };
    } catch {
      return { over: 'HTTP', what, status: 504, answer: 'no answer' };
    }
  }
}
