import type { LoggerService } from '@nestjs/common';
import { pino } from 'pino';
import type { Logger } from 'pino';

/** Members that may never reach a log, wherever they stand. */
const SECRET_MEMBERS = [
  'authorization',
  'cookie',
  'password',
  'client_secret',
  'client_assertion',
  'code',
  'code_verifier',
  'token',
  'access_token',
  'refresh_token',
  'id_token',
];

/** The process's logger: JSON lines on standard output, with secrets cut out. */
export function createLogger(name: string, level: string): Logger {
  return pino({
    name,
    level,
    base: { name, pid: process.pid },
    redact: { paths: SECRET_MEMBERS.flatMap((member) => [member, `*.${member}`]), censor: '[redacted]' },
  });
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
    if (typeof message === 'object' && message !== null) {
      const context = texts.length > 1 ? { context: texts.at(-1) } : {};
      this.logger[level]({ ...message, ...context }, texts[0] ?? '');
    } else this.logger[level](texts.length > 0 ? { context: texts.at(-1) } : {}, String(message));
  }
}
