import { once } from 'node:events';
import { connect } from 'node:net';
import { Controller, Get, HttpException, Module, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { createWebApp } from './create-web-app.js';
import type { WebAppOptions } from './create-web-app.js';
import { startListening } from './listening.js';
import type { Listening, ListenOptions } from './listening.js';
import { createLogger } from './logging.js';

@Controller()
class ThingsController {
  @Get('things/:id')
  thing(@Param('id') id: string, @Req() request: FastifyRequest): object {
    return { id, ip: request.ip, host: request.host, protocol: request.protocol, requestId: request.id };
  }

  @Post('form')
  form(@Req() request: FastifyRequest): object {
    return { body: request.body };
  }

  @Get('admin')
  admin(): string {
    return 'admin';
  }

  @Get('failing')
  failing(): never {
    throw new Error('secret detail at /srv/app.js: select * from users');
  }

  @Get('guarded')
  guarded(): never {
    throw new HttpException({ error: 'insufficient_scope' }, 403);
  }
}

@Module({ controllers: [ThingsController] })
class ThingsModule {}

export interface StartedApp extends Listening {
  readonly port: number;
  /** Lines logged so far. */
  readonly lines: Record<string, unknown>[];
}

/** Ended by `drainApps`, so that a failed test leaves nothing listening. */
const started: Listening[] = [];

/** To be called after each test that starts an application. */
export async function drainApps(): Promise<void> {
  await Promise.all(started.splice(0).map(({ drain }) => drain()));
}

const LISTEN: ListenOptions = { host: '127.0.0.1', port: 0, managementPort: 0, checks: {}, shutdownGraceSeconds: 0 };

/** A small application on the base under test, listening on a free port. */
export async function startApp(
  options: Partial<WebAppOptions> = {},
  listen: Partial<ListenOptions> = {},
): Promise<StartedApp> {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger('test', 'info', { write: (line) => void lines.push(JSON.parse(line) as never) });
  const app = await createWebApp(ThingsModule, { logger, ...options });
  const listening = await startListening(app, { ...LISTEN, ...listen });
  started.push(listening);
  return { ...listening, lines, port: Number(new URL(listening.url).port) };
}

/** Sends bytes as they are and answers all that comes back until the server closes the connection. */
export async function sendRaw(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.setEncoding('latin1').on('data', (part: string) => {
    answer += part;
  });
  // A reset after the answer is a way of closing too.
  socket.on('error', () => undefined);
  socket.write(text, 'latin1');
  await once(socket, 'close');
  return answer;
}

/** One request that asks for the connection to be closed after it. */
export const rawRequest = (start: string, headers: readonly string[] = [], body = ''): string =>
  [start, 'Host: here', 'Connection: close', ...headers, '', body].join('\r\n');

export const statusOfRaw = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
