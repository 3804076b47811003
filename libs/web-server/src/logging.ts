import type { LoggerService } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';

/** Members that may never reach a log, wherever they stand. */
const SECRET_MEMBERS = [
  'authorization',
  'cookie',
  'set-cookie',
  'password',
  'client_secret',
  'client_assertion',
  'code',
  'code_verifier',
  'token',
  'access_token',
  'refresh_token',
  'id_token',
  'id_token_hint',
  'logout_token',
  'assertion',
  'username',
  'email',
];
/** How deep they are looked for: `{ request: { headers: { authorization } } }`. */
const DEPTHS = ['', '*.', '*.*.'];
const pathsOf = (member: string): readonly string[] =>
  DEPTHS.map((depth) => (member.includes('-') ? `${depth.slice(0, -1)}["${member}"]` : `${depth}${member}`));

/** `ECONNREFUSED` or `invalid_grant`: errors have a `code` too, and no code of ours is that short or that plain. */
const ERROR_CODE = /^(?:[A-Z_]{3,40}|[a-z_]{3,40})$/;
const censor = (value: unknown, path: readonly (string | undefined)[]): unknown =>
  path.at(-1) === 'code' && typeof value === 'string' && ERROR_CODE.test(value) ? value : '[redacted]';

/** The process's logger: JSON lines on standard output, or on `destination`, with secrets cut out. */
export function createLogger(name: string, level: string, destination?: DestinationStream): Logger {
  const options = {
    name,
    level,
    base: { name, pid: process.pid },
    redact: { paths: SECRET_MEMBERS.flatMap(pathsOf), censor },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/**
 * Writes one line a request: the path without its query, since queries carry codes and hints. Undefined when the level
 * is above it. Its members are these five and no others, so it goes without the search for secrets, which costs most.
 */
export function requestLine(logger: Logger): ((request: FastifyRequest, reply: FastifyReply) => void) | undefined {
  if (!logger.isLevelEnabled('info')) return undefined;
  const line = logger.child({}, { redact: [] });
  return (request, reply) => {
    const { url = '' } = request.raw;
    const mark = url.indexOf('?');
    line.info(
      {
        requestId: request.id,
        method: request.method,
        path: mark < 0 ? url : url.slice(0, mark),
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
      },
      'request',
    );
  };
}

/** Lets Nest log through the same logger: `logger.warn({ … }, 'text')` keeps its members. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write('info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  /** Nest puts the context last; an object comes first and its text second. */
  private write(
    level: 'info' | 'error' | 'warn' | 'debug' | 'trace' | 'fatal',
    message: unknown,
    rest: readonly unknown[],
  ): void {
    const texts = rest.filter((part): part is string => typeof part === 'string');
    if (message instanceof Error) this.logger[level]({ err: message }, message.message);
    else if (typeof message === 'object' && message !== null) {
      const context = texts.length > 1 ? { context: texts.at(-1) } : {};
      this.logger[level]({ ...message, ...context }, texts[0] ?? '');
    } else this.logger[level](texts.length > 0 ? { context: texts.at(-1) } : {}, String(message));
  }
}
