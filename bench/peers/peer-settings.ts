import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Alg } from '../load/relying-party.js';

/** What every peer is told by its environment, and the data that all servers of a run share. */
export interface SigningJwk extends JsonWebKey {
  readonly kid: string;
  readonly alg: Alg;
}

export interface PeerSettings {
  readonly port: number;
  readonly issuer: string;
  readonly databaseUrl: string;
  readonly keys: Readonly<Record<Alg, SigningJwk>>;
}

export const ALGS = ['RS256', 'ES256'] as const;
export const API: Readonly<Record<Alg, string>> = {
  RS256: 'https://api.tandem.example/',
  ES256: 'https://api-es.tandem.example/',
};
export const CLIENT: Readonly<Record<Alg, string>> = { RS256: 'web', ES256: 'web-es' };
export const SECRET = 'bench-secret-bench-secret-bench-0123';
export const SCOPE = 'openid read:orders';
export const PEOPLE = 32;
/** So many of them, the last, have a password hash of the recommended cost; the others' costs nothing. */
export const HASHED = 4;
export const PASSWORD = 'correct horse battery staple';
export const emailOf = (number: number): string => `user${number}@example.com`;

export function peerSettings(environment: NodeJS.ProcessEnv = process.env): PeerSettings {
  const { PORT = '0', DATABASE_URL = '', KEYS_FILE = '' } = environment;
  const keys = JSON.parse(readFileSync(KEYS_FILE, 'utf8')) as PeerSettings['keys'];
  return { port: Number(PORT), issuer: `http://127.0.0.1:${PORT}`, databaseUrl: DATABASE_URL, keys };
}

export const privateKeyOf = (jwk: SigningJwk): KeyObject => createPrivateKey({ key: { ...jwk }, format: 'jwk' });

export const publicJwkOf = (jwk: SigningJwk): SigningJwk =>
  ({
    ...createPublicKey(privateKeyOf(jwk)).export({ format: 'jwk' }),
    ...{ kid: jwk.kid, alg: jwk.alg, use: 'sig' },
  }) as SigningJwk;
