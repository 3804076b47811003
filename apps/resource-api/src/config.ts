import { readFileSync } from 'node:fs';
import { ConfigurationError, httpConfigOf, HttpEnvironment, readEnvironment, toNumber } from '@tandem/web-server';
import type { HttpConfig } from '@tandem/web-server';
import { IsInt, IsOptional, IsString, IsUrl, Matches, Max, Min } from 'class-validator';

/** The environment as it is read: names as documented in `.env.example`. */
class Environment extends HttpEnvironment {
  @IsString() DATABASE_URL: string;
  @IsOptional() @IsString() NATS_URL?: string;
  @IsOptional() @IsString() NATS_SEED_FILE?: string;
  @Matches(/^[A-Za-z0-9_-]{1,32}$/) RESOURCE_API_INSTANCE = '1';
  @IsUrl({ require_tld: false, protocols: ['http', 'https'], require_protocol: true }) ISSUER =
    'http://localhost:3000/';
  @IsString() API_IDENTIFIER = 'https://api.tandem.example/';
  @IsUrl({ require_tld: false, protocols: ['http', 'https'], require_protocol: true }) RESOURCE_API_URL =
    'http://localhost:3001';
  @IsString() API_CLIENT_ID = 'demo-api';
  @IsOptional() @IsString() API_CLIENT_SECRET?: string;
  @IsOptional() @IsString() API_CLIENT_SECRET_FILE?: string;
  @toNumber @IsInt() @Min(0) @Max(86_400) REVOCATION_STALENESS_SECONDS = 60;
  @toNumber @IsInt() @Min(0) @Max(65_535) RESOURCE_API_PORT = 3001;
}

/** Everything the API is told from outside. Durations are seconds. */
export interface ResourceApiConfig {
  readonly issuer: string;
  readonly identifier: string;
  readonly url: string;
  readonly client: { readonly clientId: string; readonly clientSecret: string };
  readonly stalenessSeconds: number;
  readonly databaseUrl: string;
  readonly nats?: { readonly url: string; readonly instance: string; readonly seedFile?: string };
  readonly http: HttpConfig;
  readonly logLevel: string;
}

/** Client secret of the demo configuration: production refuses it. */
const DEMO_SECRET = 'demo-api-secret-please-change-0001';

/** @throws Error with every problem at once. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): ResourceApiConfig {
  const { read, problems } = readEnvironment(Environment, environment);
  const clientSecret = readSecret(read, problems);
  if (read.NODE_ENV === 'production' && clientSecret === DEMO_SECRET)
    problems.push('API_CLIENT_SECRET: is the secret of the demo system');
  if (problems.length > 0) throw new ConfigurationError(problems);
  const { NATS_URL: natsUrl, NATS_SEED_FILE: seedFile } = read;
  return Object.freeze({
    issuer: read.ISSUER.endsWith('/') ? read.ISSUER : `${read.ISSUER}/`,
    identifier: read.API_IDENTIFIER,
    url: read.RESOURCE_API_URL,
    client: { clientId: read.API_CLIENT_ID, clientSecret },
    stalenessSeconds: read.REVOCATION_STALENESS_SECONDS,
    databaseUrl: read.DATABASE_URL,
    ...(natsUrl === undefined
      ? {}
      : {
          nats: { url: natsUrl, instance: read.RESOURCE_API_INSTANCE, ...(seedFile === undefined ? {} : { seedFile }) },
        }),
    http: httpConfigOf(read, read.RESOURCE_API_PORT),
    logLevel: read.LOG_LEVEL,
  });
}

function readSecret(
  { API_CLIENT_SECRET: secret, API_CLIENT_SECRET_FILE: file }: Environment,
  problems: string[],
): string {
  if (file === undefined) return secret ?? DEMO_SECRET;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    problems.push('API_CLIENT_SECRET_FILE: the file can not be read');
    return '';
  }
}
