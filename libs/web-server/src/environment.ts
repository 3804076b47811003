import 'reflect-metadata';
import { plainToInstance, Transform } from 'class-transformer';
import { IsIn, IsInt, IsString, Max, Min, validateSync } from 'class-validator';

/** Digits become a number; anything else is left for the check to refuse. */
export const toNumber = Transform(({ value }: { value: unknown }) =>
  typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value,
);

/** What every application is told about its HTTP, by the names in `.env.example`; applications add their own. */
export class HttpEnvironment {
  @toNumber @IsInt() @Min(0) @Max(65_535) MANAGEMENT_PORT = 0;
  @IsString() BIND_ADDRESS = '127.0.0.1';
  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']) LOG_LEVEL = 'info';
  @IsIn(['development', 'production', 'test']) NODE_ENV = 'development';
  @IsString() TRUSTED_PROXIES = '';
  @toNumber @IsInt() @Min(0) @Max(120) SHUTDOWN_GRACE_SECONDS = 0;
  @IsIn(['0', '1']) TANDEM_PARENT_WATCH = '0';
}

/** The same as values, in the shape that `createWebApp` and `serve` take. */
export interface HttpConfig {
  readonly port: number;
  readonly host: string;
  readonly managementPort: number;
  readonly trustedProxies: readonly string[];
  readonly shutdownGraceSeconds: number;
  readonly exitWithParent: boolean;
}

/** Everything that is wrong with a configuration, in one message. */
export class ConfigurationError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`the configuration can not be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigurationError';
  }
}

/** Reads the environment into its class. An empty variable counts as unset; every problem is told by its variable's name. */
export function readEnvironment<Environment extends HttpEnvironment>(
  Class: new () => Environment,
  environment: NodeJS.ProcessEnv,
): { readonly read: Environment; readonly problems: string[] } {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const read = plainToInstance(Class, given, { exposeDefaultValues: true });
  const problems = validateSync(read, { whitelist: true }).flatMap(({ property, constraints }) =>
    Object.values(constraints ?? {}).map((why) => `${property}: ${why.replace(`${property} `, '')}`),
  );
  return { read, problems };
}

/** A list as it is written in one variable: separated by commas. */
export const listOf = (text: string): readonly string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

export const httpConfigOf = (read: HttpEnvironment, port: number): HttpConfig => ({
  port,
  host: read.BIND_ADDRESS,
  managementPort: read.MANAGEMENT_PORT,
  trustedProxies: listOf(read.TRUSTED_PROXIES),
  shutdownGraceSeconds: read.SHUTDOWN_GRACE_SECONDS,
  exitWithParent: read.TANDEM_PARENT_WATCH === '1',
});
