import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REDIRECT_URI } from '../load/relying-party.js';
import { ALGS, API, CLIENT, emailOf, PASSWORD, PEOPLE, SECRET } from '../peers/peer-settings.js';
import { inProject } from './settings.js';
import type { RunFiles } from './settings.js';
import { tandemEnvironment } from './targets.js';

/** Keys, configuration and log of one run in a folder of its own. */
export function makeRunFiles(): RunFiles {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-bench-'));
  const file = (name: string, content: string): string => {
    const path = join(folder, name);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  };
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey.export({ format: 'jwk' });
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  const keys = {
    RS256: { ...rsa, kid: 'rs', alg: 'RS256', use: 'sig' },
    ES256: { ...ec, kid: 'es', alg: 'ES256', use: 'sig' },
  };
  return {
    folder,
    log: join(folder, 'servers.log'),
    keysFile: file('keys.json', JSON.stringify(keys)),
    keyEncryptionKeyFile: file('key-encryption-key', randomBytes(32).toString('base64url')),
    // JSON is YAML.
    tandemConfigFile: file('tandem.yaml', JSON.stringify(tandemConfiguration(), null, 1)),
  };
}

function tandemConfiguration(): object {
  const audiences = ALGS.map((alg) => API[alg]);
  const secret = { client_secret: SECRET, token_endpoint_auth_method: 'client_secret_basic' };
  const service = { ...secret, grant_types: ['client_credentials'], response_types: [] };
  return {
    apis: ALGS.map((alg) => ({
      identifier: API[alg],
      name: `Orders API ${alg}`,
      scopes: { 'read:orders': 'Read your orders', 'write:orders': 'Place orders for you' },
      access_token_lifetime_seconds: 3_600,
      allow_offline_access: true,
      signing_alg: alg,
    })),
    clients: [
      ...ALGS.map((alg) => ({
        ...{ client_id: CLIENT[alg], client_name: `Shop ${alg}`, ...secret, audiences },
        redirect_uris: [REDIRECT_URI],
        response_types: ['code', 'code id_token'],
        grant_types: ['authorization_code', 'implicit', 'refresh_token'],
        id_token_signed_response_alg: alg,
      })),
      { client_id: 'machine', ...service, audiences },
      { client_id: 'api', ...service, introspection_audience: API.RS256 },
    ],
    users: Array.from({ length: PEOPLE }, (_, number) => ({
      ...{ email: emailOf(number), password: PASSWORD, email_verified: true, claims: { name: `User ${number}` } },
    })),
  };
}

/** Brings the schema of a database of the auth-server up to date. */
export function migrateTandem(files: RunFiles, databaseUrl: string): void {
  const env = { PATH: process.env['PATH'] ?? '', ...tandemEnvironment(0, files, databaseUrl) };
  execFileSync(process.execPath, [inProject('apps/auth-server/bundle/tandem.js'), 'migrate'], { env, stdio: 'pipe' });
}
