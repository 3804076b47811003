/**
 * `setup`: the first job of the deployment. Makes the secrets that are missing and hands each service a folder with
 * exactly its own. It runs before anything else, without a network, and may be repeated: what is there stays.
 * `setup show NAME` prints one secret.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { declaredConfiguration, namedJwk, natsServerConfig } from './renderings.mjs';
import { API_INSTANCES } from './settings.mjs';
import { fillVault, keepFile } from './vault.mjs';

const VAULT = '/vault';
const GIVEN = '/given';
const FOLDERS = '/secrets';
const TEMPLATE = '/etc/tandem/tandem.yaml';

/** Groups that read: the applications', PostgreSQL's in its image, and Grafana's in its image. */
const APPLICATIONS = 10_001;
const POSTGRES = 999;
const GRAFANA = 0;

/** Who gets which files; `file: secret` or `file: text`. */
function folders(secrets) {
  const pick = (names) => Object.fromEntries(Object.entries(names).map(([file, name]) => [file, secrets[name]]));
  const ca = { 'ca.crt': secrets['ca.crt'] };
  const resourceApi = (instance) => ({
    ...ca,
    ...pick({
      'database-password': 'orders-app-password',
      'client-secret': 'orders-api-secret',
      'nats-seed': `nats-rs-${instance}-seed`,
    }),
  });
  return [
    ['proxy', APPLICATIONS, pick({ 'tls.crt': 'proxy.crt', 'tls.key': 'proxy.key' })],
    [
      'postgres',
      POSTGRES,
      pick({ password: 'postgres-password', 'tls.crt': 'postgres.crt', 'tls.key': 'postgres.key' }),
    ],
    [
      'nats',
      APPLICATIONS,
      {
        ...ca,
        ...pick({ 'nats.crt': 'nats.crt', 'nats.key': 'nats.key' }),
        'nats-server.conf': natsServerConfig(secrets),
      },
    ],
    ['provisioner', APPLICATIONS, { ...ca, 'nats-seed': secrets['nats-provisioner-seed'] }],
    ['database', APPLICATIONS, { ...ca, ...pick(Object.fromEntries(DATABASE_PASSWORDS.map((name) => [name, name]))) }],
    [
      'auth-server',
      APPLICATIONS,
      {
        ...ca,
        ...pick(AUTH_SERVER_FILES),
        'tandem.yaml': declaredConfiguration(readFileSync(TEMPLATE, 'utf8'), secrets),
      },
    ],
    ...API_INSTANCES.map((instance) => [`resource-api-${instance}`, APPLICATIONS, resourceApi(instance)]),
    [
      'sample-client',
      APPLICATIONS,
      {
        ...ca,
        ...pick({ 'client-secret': 'sample-client-secret', 'nats-seed': 'nats-client-seed' }),
        'client-key.json': JSON.stringify(namedJwk(secrets['sample-client-key'])),
      },
    ],
    ['grafana', GRAFANA, pick({ 'admin-password': 'grafana-password' })],
  ];
}

const DATABASE_PASSWORDS = [
  'postgres-password',
  'tandem-owner-password',
  'tandem-app-password',
  'orders-owner-password',
  'orders-app-password',
];
const AUTH_SERVER_FILES = {
  'key-encryption-key': 'key-encryption-key',
  'database-password': 'tandem-app-password',
  'nats-relay-seed': 'nats-relay-seed',
  'nats-rpc-seed': 'nats-rpc-seed',
  'nats-auditor-seed': 'nats-auditor-seed',
};

/** Root owns the files and the reader's group may read them: a service can not change its own secrets. */
function lay(folder, group, files) {
  const path = join(FOLDERS, folder);
  if (!existsSync(path)) return;
  for (const [name, content] of Object.entries(files))
    if (keepFile(join(path, name), content, { mode: 0o440, group })) console.log(`${folder}/${name} written`);
}

function show(name) {
  const file = join(VAULT, name ?? '');
  if (name === undefined || !existsSync(file)) throw new Error(`usage: setup show ${readdirSync(VAULT).join(' | ')}`);
  process.stdout.write(`${readFileSync(file, 'utf8').trim()}\n`);
}

function setUp() {
  const secrets = fillVault({ vault: VAULT, given: GIVEN });
  for (const [folder, group, files] of folders(secrets)) lay(folder, group, files);
  console.log('every service has its secrets');
}

try {
  const [command, name] = process.argv.slice(2);
  if (command === 'show') show(name);
  else setUp();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
