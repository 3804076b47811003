import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  ConfigurationError,
  httpConfigOf,
  HttpEnvironment,
  listOf,
  readEnvironment,
  toNumber,
} from '@tandem/web-server';
import type { HttpConfig } from '@tandem/web-server';
import { IsInt, IsOptional, IsString, Max, Min } from 'class-validator';

/** The environment as it is read: names as documented in `.env.example`. */
class Environment extends HttpEnvironment {
  @IsString() DATABASE_URL: string;
  @IsOptional() @IsString() NATS_URL?: string;
  @IsOptional() @IsString() NATS_RELAY_SEED_FILE?: string;
  @IsOptional() @IsString() NATS_RPC_SEED_FILE?: string;
  @IsOptional() @IsString() NATS_AUDITOR_SEED_FILE?: string;
  @IsString() ISSUER = 'http://localhost:3000/';
  @toNumber @IsInt() @Min(0) @Max(65_535) AUTH_SERVER_PORT = 3000;
  @IsOptional() @IsString() TANDEM_CONFIG?: string;
  @IsString() DATA_DIR = '.data';
  @IsOptional() @IsString() KEY_ENCRYPTION_KEY_FILE?: string;
  @IsString() OUTBOUND_ALLOW = '';
  @IsOptional() @IsString() OUTBOUND_CA_FILE?: string;
  @toNumber @IsInt() @Min(1) @Max(64) AUTH_SERVER_WORKERS = 1;
  @toNumber @IsInt() @Min(1) @Max(100) DATABASE_POOL_SIZE = 10;
}

/** Everything the auth-server is told from outside. */
export interface AuthServerConfig {
  /** With its trailing slash; every URL that we publish starts with it. */
  readonly issuer: string;
  readonly production: boolean;
  readonly http: HttpConfig & { readonly workers: number };
  readonly database: { readonly url: string; readonly poolSize: number };
  /** Absent: no events leave the outbox and no request is answered over NATS. */
  readonly nats?: {
    readonly url: string;
    readonly relaySeedFile?: string;
    readonly rpcSeedFile?: string;
    /** For the command that replays the streams. */
    readonly auditorSeedFile?: string;
  };
  readonly declaredConfigurationFile: string;
  /** 32 bytes under which private keys are sealed; the first seals, all of them open. */
  readonly keyEncryptionKeys: readonly Buffer[];
  readonly logLevel: string;
  /** Hosts (`name` or `name:port`) that outgoing requests may reach although they are private. */
  readonly outbound: { readonly allow: readonly string[]; readonly ca?: string };
}

/** The issuer with exactly one trailing slash; it must be an origin, since clients put their paths right behind the host. */
function readIssuer(text: string, production: boolean, problems: string[]): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    problems.push('ISSUER: must be a URL');
    return text;
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '')
    problems.push('ISSUER: must be scheme, host and port only');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') problems.push('ISSUER: must be an http or https URL');
  if (production && url.protocol !== 'https:') problems.push('ISSUER: must be https in production');
  return `${url.origin}/`;
}

function readKeyEncryptionKeys(file: string | undefined, problems: string[]): readonly Buffer[] {
  if (file === undefined) {
    problems.push('KEY_ENCRYPTION_KEY_FILE: must name a file with a 32-byte key in base64url');
    return [];
  }
  try {
    // One key a line: the first seals, the others still open what an earlier one sealed.
    const keys = readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .map((line) => Buffer.from(line, 'base64url'));
    if (keys.length === 0 || keys.some((key) => key.length !== 32))
      problems.push('KEY_ENCRYPTION_KEY_FILE: every line must be 32 bytes in base64url');
    return keys;
  } catch {
    problems.push('KEY_ENCRYPTION_KEY_FILE: the file can not be read');
    return [];
  }
}

function readCa(file: string | undefined, problems: string[]): { readonly ca?: string } {
  if (file === undefined) return {};
  try {
    return { ca: readFileSync(file, 'utf8') };
  } catch {
    problems.push('OUTBOUND_CA_FILE: the file can not be read');
    return {};
  }
}

/**
 * The environment as one frozen value.
 *
 * @throws ConfigurationError with every problem at once.
 */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): AuthServerConfig {
  const { read, problems } = readEnvironment(Environment, environment);
  const production = read.NODE_ENV === 'production';
  const issuer = readIssuer(read.ISSUER, production, problems);
  const keyEncryptionKeys = readKeyEncryptionKeys(read.KEY_ENCRYPTION_KEY_FILE, problems);
  const ca = readCa(read.OUTBOUND_CA_FILE, problems);
  if (problems.length > 0) throw new ConfigurationError(problems);
  return Object.freeze({
    issuer,
    production,
    http: { ...httpConfigOf(read, read.AUTH_SERVER_PORT), workers: read.AUTH_SERVER_WORKERS },
    database: { url: read.DATABASE_URL, poolSize: read.DATABASE_POOL_SIZE },
    ...(read.NATS_URL === undefined
      ? {}
      : {
          nats: {
            url: read.NATS_URL,
            ...(read.NATS_RELAY_SEED_FILE === undefined ? {} : { relaySeedFile: read.NATS_RELAY_SEED_FILE }),
            ...(read.NATS_RPC_SEED_FILE === undefined ? {} : { rpcSeedFile: read.NATS_RPC_SEED_FILE }),
            ...(read.NATS_AUDITOR_SEED_FILE === undefined ? {} : { auditorSeedFile: read.NATS_AUDITOR_SEED_FILE }),
          },
        }),
    declaredConfigurationFile: resolve(read.TANDEM_CONFIG ?? 'config/demo.yaml'),
    keyEncryptionKeys,
    logLevel: read.LOG_LEVEL,
    outbound: { allow: listOf(read.OUTBOUND_ALLOW), ...ca },
  });
}
