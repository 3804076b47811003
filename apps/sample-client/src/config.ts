import { readFileSync } from 'node:fs';
import { importSigningKey } from '@tandem/jwt';
import { ConfigurationError, httpConfigOf, HttpEnvironment, readEnvironment, toNumber } from '@tandem/web-server';
import type { HttpConfig } from '@tandem/web-server';
import { IsInt, IsOptional, IsString, IsUrl, Max, Min } from 'class-validator';

const ADDRESS = { require_tld: false, protocols: ['http', 'https'], require_protocol: true };

/** The environment as it is read: names as documented in `.env.example`. */
class Environment extends HttpEnvironment {
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
  readonly http: HttpConfig;
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
  const { read, problems } = readEnvironment(Environment, environment);
  const { CLIENT_SECRET_FILE: secretFile, NATS_URL: natsUrl, NATS_SEED_FILE: seedFile } = read;
  const clientSecret =
    secretFile === undefined
      ? (read.CLIENT_SECRET ?? 'demo-web-secret-please-change-0001')
      : readText(secretFile, 'CLIENT_SECRET_FILE', problems);
  const jwk = readKey(read.CLIENT_PRIVATE_KEY_FILE, problems);
  if (problems.length > 0) throw new ConfigurationError(problems);
  return Object.freeze({
    issuer: read.ISSUER.endsWith('/') ? read.ISSUER : `${read.ISSUER}/`,
    url: read.SAMPLE_CLIENT_URL.replace(/\/$/, ''),
    apiUrl: read.RESOURCE_API_URL.replace(/\/$/, ''),
    apiIdentifier: read.API_IDENTIFIER,
    withSecret: { clientId: read.CLIENT_ID, clientSecret },
    ...(jwk === undefined ? {} : { withPrivateKey: { clientId: read.CLIENT_ID_PRIVATE_KEY_JWT, jwk } }),
    ...(natsUrl === undefined ? {} : { nats: { url: natsUrl, ...(seedFile === undefined ? {} : { seedFile }) } }),
    http: httpConfigOf(read, read.SAMPLE_CLIENT_PORT),
    logLevel: read.LOG_LEVEL,
  });
}

/** Nest injection token of the configuration. */
export const CONFIG = Symbol('SampleClientConfig');
