/**
 * The vault: every secret of the deployment, one file each. What the operator gives wins; what is missing is made once and
 * kept. Only the setup job ever mounts it.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { chownSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateNatsUser } from '@tandem/messaging';
import { newAuthority, newServerCertificate, stillServes } from './certificates.mjs';
import { API_INSTANCES, BUS_SERVERS, HOSTS, LOGOUT_RECEIVERS } from './settings.mjs';

const random = () => randomBytes(32).toString('base64url');
const privateJwk = () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return JSON.stringify({ ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' });
};
const seed = () => generateNatsUser().seed;

/** Every secret by name, and how to make it. */
export const SECRETS = {
  'key-encryption-key': random,
  'postgres-password': random,
  'tandem-owner-password': random,
  'tandem-app-password': random,
  'orders-owner-password': random,
  'orders-app-password': random,
  'sample-client-secret': random,
  'sample-client-key': privateJwk,
  'orders-api-secret': random,
  'first-user-password': () => randomBytes(12).toString('base64url'),
  'grafana-password': random,
  'nats-provisioner-seed': seed,
  'nats-relay-seed': seed,
  'nats-rpc-seed': seed,
  'nats-auditor-seed': seed,
  'nats-client-seed': seed,
  ...Object.fromEntries(API_INSTANCES.map((instance) => [`nats-rs-${instance}-seed`, seed])),
  ...Object.fromEntries(LOGOUT_RECEIVERS.map((receiver) => [`nats-logout-${receiver}-seed`, seed])),
};

/** Server certificates by name, and the host names they are for. */
const CERTIFICATES = {
  proxy: Object.values(HOSTS),
  postgres: ['postgres', 'localhost', '127.0.0.1'],
  nats: [...new Set(['nats', ...BUS_SERVERS, 'localhost', '127.0.0.1'])],
};

/** Writes a file so that a reader sees the old content or the new one, and not at all when nothing changes. */
export function keepFile(file, content, { mode, group = 0 }) {
  if (existsSync(file) && readFileSync(file, 'utf8') === content) return false;
  writeFileSync(`${file}.new`, content, { mode });
  chownSync(`${file}.new`, 0, group);
  renameSync(`${file}.new`, file);
  return true;
}

/** Opens the vault and completes it. Returns every secret and certificate by name. */
export function fillVault({ vault, given }) {
  const read = (name) => {
    for (const folder of [given, vault]) {
      const file = join(folder, name);
      if (existsSync(file)) return readFileSync(file, 'utf8');
    }
    return undefined;
  };
  const kept = {};
  const keep = (name, content) => {
    keepFile(join(vault, name), content, { mode: 0o400 });
    kept[name] = content;
  };
  for (const [name, make] of Object.entries(SECRETS)) keep(name, read(name)?.trim() ?? make());
  const authority = fillAuthority(read, keep);
  for (const [name, hosts] of Object.entries(CERTIFICATES))
    fillCertificate({ name, hosts, authority, given, read, keep });
  return kept;
}

function fillAuthority(read, keep) {
  const held = { certificate: read('ca.crt'), key: read('ca.key') };
  const usable = held.certificate !== undefined && held.key !== undefined;
  const authority = usable ? held : newAuthority('Tandem local authority');
  keep('ca.crt', authority.certificate);
  keep('ca.key', authority.key);
  return authority;
}

function fillCertificate({ name, hosts, authority, given, read, keep }) {
  const held = { certificate: read(`${name}.crt`), key: read(`${name}.key`) };
  const isGiven = existsSync(join(given, `${name}.crt`));
  if (isGiven && held.key === undefined) throw new Error(`${name}.crt was given without ${name}.key`);
  const usable = held.certificate !== undefined && held.key !== undefined;
  const stays = usable && (isGiven || stillServes(held.certificate, hosts, authority));
  const { certificate, key } = stays ? held : newServerCertificate(authority, hosts);
  keep(`${name}.crt`, certificate);
  keep(`${name}.key`, key);
}
