/** What docker-compose.yml promises (docs/security.md), read from the file itself: no Docker engine is needed. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test as nodeTest } from 'node:test';
import { parse } from 'yaml';

/** The runner waits for its tests by itself. */
const test = (name, body) => void nodeTest(name, body);
const read = (name) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const { services, networks, volumes } = parse(read('docker-compose.yml'), { merge: true });
const cluster = parse(read('docker-compose.nats-cluster.yml'), { merge: true });
const dockerfile = read('deploy/Dockerfile');

const ENTRIES = Object.entries(services);
const JOBS = ['setup', 'database', 'migrate', 'migrate-orders', 'provision'];
/** Its image has no program that could ask it. */
const WITHOUT_HEALTHCHECK = ['otel-collector'];
const SECRET_NAME = /password|secret|seed|token|private|key/i;
const named = (list) => (Array.isArray(list) ? list : Object.keys(list ?? {}));

for (const [name, service] of ENTRIES) {
  test(`accepts ${name} as locked up`, () => {
    assert.equal(service.read_only, true, 'read_only');
    assert.deepEqual(service.cap_drop, ['ALL'], 'cap_drop');
    assert.ok(service.security_opt?.includes('no-new-privileges:true'), 'no-new-privileges');
    assert.equal(service.privileged, undefined, 'privileged');
    assert.deepEqual(service.cap_add ?? [], name === 'proxy' ? ['NET_BIND_SERVICE'] : [], 'cap_add');
    for (const place of service.tmpfs ?? []) assert.match(place, /noexec,nosuid,nodev/, 'tmpfs');
  });

  test(`accepts ${name} as somebody without rights`, () => {
    assert.match(service.user, /^\d+:\d+$/, 'user by number');
    if (name !== 'setup') return assert.ok(!service.user.startsWith('0:'), 'not root');
    // Root only to hand files to several accounts: so without a network.
    assert.equal(service.network_mode, 'none');
  });

  test(`accepts ${name} as limited`, () => {
    for (const limit of ['mem_limit', 'pids_limit', 'cpus']) assert.ok(service[limit], limit);
    assert.ok(service.logging?.options?.['max-size'], 'logs have a limit');
    assert.equal(service.restart, JOBS.includes(name) ? 'no' : 'unless-stopped', 'restart');
  });

  test(`accepts ${name} as watched`, () => {
    if (WITHOUT_HEALTHCHECK.includes(name)) return;
    if (JOBS.includes(name)) return assert.equal(service.healthcheck?.disable, true, 'a job has no health');
    const { test: command, interval, timeout, retries } = service.healthcheck;
    assert.ok(command && interval && timeout && retries, 'healthcheck');
  });

  test(`refuses secrets in the environment of ${name}`, () => {
    for (const [variable, value] of Object.entries(service.environment ?? {})) {
      if (SECRET_NAME.test(variable))
        assert.match(String(value), /^\/run\/|^sample-client-private-key$|^(true|false)$/, variable);
      assert.doesNotMatch(String(value), /:\/\/[^/@]*:[^/@]+@/, `${variable} has a password in a URL`);
    }
  });

  test(`accepts the image of ${name} as pinned`, () => {
    if (/^\$\{IMAGE_PREFIX:-tandem\}\//.test(service.image)) return;
    assert.match(service.image, /:v?\d+\.\d+(\.\d+)?(-[a-z0-9.]+)?$/, service.image);
  });
}

test('shows the proxy only to the outside', () => {
  const published = ENTRIES.filter(([, { ports, network_mode: mode }]) => ports !== undefined || mode === 'host');
  assert.deepEqual(
    published.map(([name]) => name),
    ['proxy'],
  );
});

test('accepts only networks without a way out, but for the proxy, the auth-server and the collector', () => {
  const open = Object.keys(networks).filter((name) => networks[name].internal !== true);
  assert.deepEqual(open.toSorted(), ['edge', 'egress']);
  const outside = ENTRIES.filter(([, service]) => named(service.networks).some((name) => open.includes(name)));
  assert.deepEqual(outside.map(([name]) => name).toSorted(), [
    'auth-server-1',
    'auth-server-2',
    'otel-collector',
    'proxy',
  ]);
});

test('keeps PostgreSQL and the bus away from those who have no business there', () => {
  const on = (network) =>
    ENTRIES.filter(([, service]) => named(service.networks).includes(network)).map(([name]) => name);
  const apps = ['auth-server-1', 'auth-server-2', 'resource-api-1', 'resource-api-2'];
  assert.deepEqual(on('data').toSorted(), [...apps, 'database', 'migrate', 'migrate-orders', 'postgres'].toSorted());
  assert.deepEqual(on('bus').toSorted(), [...apps, 'nats', 'provision', 'sample-client'].toSorted());
});

test('gives each service its own secrets, read-only, and the vault to the setup job alone', () => {
  const mounts = ENTRIES.flatMap(([name, { volumes: mounted = [] }]) =>
    mounted.map((mount) => [name, ...mount.split(':')]),
  );
  const secrets = mounts.filter(([, source]) => source.startsWith('secrets'));
  for (const [name, source, , mode] of secrets) {
    if (name === 'setup') continue;
    assert.notEqual(source, 'secrets', `${name} sees the vault`);
    assert.equal(mode, 'ro', `${name} could change ${source}`);
  }
  const readers = secrets.filter(([name, source]) => source === 'secrets-provisioner' && name !== 'setup');
  assert.deepEqual(
    readers.map(([name]) => name),
    ['provision'],
    'who may create consumers',
  );
  for (const [, source] of secrets) assert.ok(source in volumes, source);
  for (const [name, source] of mounts) assert.ok(!source.includes('docker.sock'), `${name} rules the engine`);
});

test('accepts the Dockerfile: pinned bases, no root, nothing of development', () => {
  for (const [, base] of dockerfile.matchAll(/^FROM ([^\s:]+:[^\s]+)/gm))
    assert.match(base, /:\d+\.\d+\.\d+-[a-z0-9.-]+$/, base);
  assert.doesNotMatch(dockerfile, /^# *syntax=/m);
  for (const target of ['application', 'proxy', 'bus']) {
    const stage = dockerfile.split(/^FROM /m).find((text) => new RegExp(`^\\S+ AS ${target}\\n`).test(text));
    assert.match(stage, /^USER 10001:10001$/m, target);
  }
  assert.doesNotMatch(dockerfile, /npm (install|i) /);
  assert.equal([...dockerfile.matchAll(/npm ci(?! --ignore-scripts)/g)].length, 0);
});

test('accepts the cluster of NATS: three servers that are as locked up, and replicated streams', () => {
  const servers = Object.keys(cluster.services).filter((name) => name.startsWith('nats'));
  assert.deepEqual(servers, ['nats', 'nats-2', 'nats-3']);
  for (const name of ['nats-2', 'nats-3']) {
    assert.equal(cluster.services[name].extends.service, 'nats');
    assert.equal(cluster.services[name].environment.NATS_SERVER_NAME, name);
  }
  for (const name of ['setup', 'provision'])
    assert.deepEqual(cluster.services[name].environment.NATS_SERVERS.split(','), servers);
  assert.equal(cluster.networks.routes.internal, true);
});

test('tells every variable of the applications and of the compose files in .env.example', () => {
  const told = new Set([...read('.env.example').matchAll(/^#?\s?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name));
  const asked = ['auth-server', 'resource-api', 'sample-client'].flatMap((app) =>
    [
      ...read(`apps/${app}/src/config.ts`).matchAll(/^ {2}.*?\b([A-Z][A-Z0-9_]{2,})(\??: string|\??: number| = )/gm),
    ].map(([, name]) => name),
  );
  const used = [read('docker-compose.yml'), read('docker-compose.nats-cluster.yml')].flatMap((text) =>
    [...text.matchAll(/\$\{([A-Z][A-Z0-9_]*)/g)].map(([, name]) => name),
  );
  assert.ok(asked.length > 20, `the settings were found: ${asked.length}`);
  assert.deepEqual(
    [...new Set([...asked, ...used])].filter((name) => !told.has(name)),
    [],
  );
});
