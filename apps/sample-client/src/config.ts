import { readFileSync } from 'node:fs';
import { importSigningKey } from '@tandem/jwt';
import { plainToInstance, Transform } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, IsUrl, Max, Min, validateSync } from 'class-validator';

const toNumber = Transform(({ value }: { value: unknown }) =>
  typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value,
);
const ADDRESS = { require_tld: false, protocols: ['http', 'https'], require_protocol: true };

/** The environment as it is read: names as documented in `.env.example`. */
class Environment {
  @IsUrl(ADDRESS) ISSUER = 'http://localhost:3000/';
  @IsUrl(ADDRESS) SAMPLE_CLIENT_URL = 'http://localhost:3002';
  @IsUrl(ADDRESS) RESOURCE_API_URL = 'http://localhost:3001';
  @IsString() API_IDENTIFIER = 'https://api.tandem.example/';
  @IsString() CLIENT_ID = 'demo-web';
  @IsOptional() @IsString() CLIENT_SECRET?: string;
  @IsOptional() @IsString() CLIENT_SECRET_FILE?: string;
  @IsString() CLIENT_ID_PRIVATE_KEY_JWT = 'demo-web-pkjwt';
  @IsOptional() @IsString() CLIENT_PRIVATE_KEY_FILE?: string;
  @IsOptional() @IsString() NATS_URL?: string;
  @IsOptional() @IsString() NATS_SEED_FILE?: string;
  @toNumber @IsInt() @Min(0) @Max(65_535) SAMPLE_CLIENT_PORT = 3002;
  @toNumber @IsInt() @Min(0) @Max(65_535) MANAGEMENT_PORT = 0;
  @IsString() BIND_ADDRESS = '127.0.0.1';
  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']) LOG_LEVEL = 'info';
  @IsString() TRUSTED_PROXIES = '';
  @toNumber @IsInt() @Min(0) @Max(120) SHUTDOWN_GRACE_SECONDS = 0;
  @IsIn(['0', '1']) TANDEM_PARENT_WATCH = '0';
}

/** Everything the client is told from outside. */
export interface SampleClientConfig {
  readonly issuer: string;
  /** Our own public address, without a slash at the end. */
  readonly url: string;
  readonly apiUrl: string;
  readonly apiIdentifier: string;
  /** The registration with a secret. */
  readonly withSecret: { readonly clientId: string; readonly clientSecret: string };
  /** The registration with a private key (a JWK); absent when no key file is given. */
  readonly withPrivateKey?: { readonly clientId: string; readonly jwk: Readonly<Record<string, unknown>> };
  readonly nats?: { readonly url: string; readonly seedFile?: string };
  readonly http: {
    readonly port: number;
    readonly host: string;
    readonly managementPort: number;
    readonly trustedProxies: readonly string[];
    readonly shutdownGraceSeconds: number;
    readonly exitWithParent: boolean;
  };
  readonly logLevel: string;
}

function readText(file: string, name: string, problems: string[]): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    problems.push(`${name}: the file can not be read`);
    return '';
  }
}

function readKey(file: string | undefined, problems: string[]): Readonly<Record<string, unknown>> | undefined {
  if (file === undefined) return undefined;
  const text = readText(file, 'CLIENT_PRIVATE_KEY_FILE', problems);
  if (text === '') return undefined;
  try {
    const jwk = JSON.parse(text) as Record<string, unknown>;
    importSigningKey(jwk);
    return jwk;
  } catch {
    problems.push('CLIENT_PRIVATE_KEY_FILE: must hold a private JWK with its alg');
    return undefined;
  }
}

/** Who signs in when the demo runs without a person. */
export const readDemoUser = (
  environment: NodeJS.ProcessEnv = process.env,
): { readonly username: string; readonly password: string } => ({
  username: environment['DEMO_USERNAME'] ?? 'alice@example.com',
  password: environment['DEMO_PASSWORD'] ?? 'wonderland-42',
});

/** @throws Error with every problem at once. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): SampleClientConfig {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const read = plainToInstance(Environment, given, { exposeDefaultValues: true });
  const problems = validateSync(read, { whitelist: true }).flatMap(({ property, constraints }) =>
    Object.values(constraints ?? {}).map((why) => `${property}: ${why.replace(`${property} `, '')}`),
  );
  const { CLIENT_SECRET_FILE: secretFile, NATS_URL: natsUrl, NATS_SEED_FILE: seedFile } = read;
  const clientSecret =
    secretFile === undefined
      ? (read.CLIENT_SECRET ?? 'demo-web-secret-please-change-0001')
      : readText(secretFile, 'CLIENT_SECRET_FILE', problems);
  const jwk = readKey(read.CLIENT_PRIVATE_KEY_FILE, problems);
  if (problems.length > 0)
    throw new Error(`the configuration can not be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  return Object.freeze({
    issuer: read.ISSUER.endsWith('/') ? read.ISSUER : `${read.ISSUER}/`,
    url: read.SAMPLE_CLIENT_URL.replace(/\/$/, ''),
    apiUrl: read.RESOURCE_API_URL.replace(/\/$/, ''),
    apiIdentifier: read.API_IDENTIFIER,
    withSecret: { clientId: read.CLIENT_ID, clientSecret },
    ...(jwk === undefined ? {} : { withPrivateKey: { clientId: read.CLIENT_ID_PRIVATE_KEY_JWT, jwk } }),
    ...(natsUrl === undefined ? {} : { nats: { url: natsUrl, ...(seedFile === undefined ? {} : { seedFile }) } }),
    http: {
      port: read.SAMPLE_CLIENT_PORT,
      host: read.BIND_ADDRESS,
      managementPort: read.MANAGEMENT_PORT,
      trustedProxies: read.TRUSTED_PROXIES.split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
      shutdownGraceSeconds: read.SHUTDOWN_GRACE_SECONDS,
      exitWithParent: read.TANDEM_PARENT_WATCH === '1',
    },
    logLevel: read.LOG_LEVEL,
  });
}

/** Nest injection token of the configuration. */
export const CONFIG = Symbol('SampleClientConfig');
