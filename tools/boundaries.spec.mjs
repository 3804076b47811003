/** A rule that nothing can break is no rule: each one here is broken once, on purpose, and has to say so. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { misplaced, RULES } from './single-places.mjs';

const ROOT = resolve(import.meta.dirname, '..');
const CONFIG = join(ROOT, '.dependency-cruiser.cjs');
const { forbidden } = createRequire(import.meta.url)(CONFIG);
const AUTH = 'apps/auth-server/src';

/** Every rule · the file that breaks it · what it imports. Some rules are broken in several ways. */
const BREACHES = [
  ['layer-contracts', 'libs/contracts/src/breach.ts', '@tandem/protocol'],
  ['layer-protocol', 'libs/protocol/src/breach.ts', '@tandem/jwt'],
  ['layer-jwt', 'libs/jwt/src/breach.ts', '@tandem/persistence'],
  ['layer-jwt', 'libs/jwt/src/breach-2.ts', '@tandem/messaging'],
  ['layer-persistence', 'libs/persistence/src/breach.ts', '@tandem/jwt'],
  ['layer-persistence', 'libs/persistence/src/breach-2.ts', '@tandem/messaging'],
  ['layer-messaging', 'libs/messaging/src/breach.ts', '@tandem/persistence'],
  ['layer-messaging', 'libs/messaging/src/breach-2.ts', '@tandem/resource-server'],
  ['layer-tracing', 'libs/tracing/src/breach.ts', '@tandem/contracts'],
  ['technology-tracing', 'libs/web-server/src/breach-2.ts', '@opentelemetry/api'],
  ['layer-web-server', 'libs/web-server/src/breach.ts', '@tandem/protocol'],
  ['layer-resource-server', 'libs/resource-server/src/breach.ts', '@tandem/persistence'],
  ['layer-resource-server', 'libs/resource-server/src/breach-4.ts', '@tandem/auth-server'],
  ['contracts-are-plain', 'libs/contracts/src/breach-2.ts', '@nestjs/common'],
  ['contracts-are-plain', 'libs/contracts/src/breach-3.ts', 'node:crypto'],
  ['protocol-is-pure', 'libs/protocol/src/breach-2.ts', '@nestjs/common'],
  ['protocol-is-pure', 'libs/protocol/src/breach-3.ts', 'node:fs'],
  ['technology-jose', `${AUTH}/session/breach.ts`, 'jose'],
  ['technology-jose', `${AUTH}/session/breach-2.ts`, '@nestjs/jwt'],
  ['technology-jose', 'libs/resource-server/src/breach-2.ts', 'jose'],
  ['technology-postgres', `${AUTH}/session/breach-3.ts`, 'typeorm'],
  ['technology-postgres', 'apps/resource-api/src/breach.ts', 'pg'],
  ['technology-nats', `${AUTH}/events/breach.ts`, '@nats-io/jetstream'],
  ['technology-nats', 'libs/resource-server/src/breach-3.ts', '@nats-io/transport-node'],
  ['technology-nest-transport', 'libs/messaging/src/breach-3.ts', '@nestjs/microservices'],
  ['technology-web-framework', 'libs/jwt/src/breach-3.ts', 'fastify'],
  ['no-hidden-jwt-library', 'libs/jwt/src/breach-4.ts', 'jsonwebtoken'],
  ['apps-never-import-apps', 'apps/resource-api/src/breach-2.ts', '@tandem/auth-server'],
  ['testing-only-from-tests', `${AUTH}/session/breach-4.ts`, '@tandem/testing'],
  ['starter-only-from-tests', `${AUTH}/session/breach-5.ts`, '@tandem/dev'],
  ['only-through-the-door', `${AUTH}/session/breach-6.ts`, '../../../../libs/protocol/src/hidden.js'],
  ['only-through-the-door', 'libs/jwt/src/breach-5.ts', '../../protocol/src/hidden.js'],
  ['endpoints-never-import-one-another', `${AUTH}/token-endpoint/breach.ts`, '../userinfo-endpoint/room.js'],
  ['service-rooms-never-import-an-endpoint', `${AUTH}/session/breach-7.ts`, '../userinfo-endpoint/room.js'],
  ['no-cycles', `${AUTH}/session/breach-8.ts`, './breach-9.js'],
  ['no-dangling-imports', `${AUTH}/session/breach-10.ts`, './nowhere.js'],
];

/** Imports of the same kinds that are as they should be. */
const GOOD = [
  ['libs/protocol/src/good.ts', '@tandem/contracts'],
  ['libs/protocol/src/good-2.ts', 'node:crypto'],
  ['libs/protocol/src/good.spec.ts', 'fast-check'],
  ['libs/jwt/src/good.ts', '@tandem/protocol'],
  ['libs/jwt/src/good-2.ts', 'jose'],
  ['libs/persistence/src/good.ts', 'typeorm'],
  ['libs/persistence/src/good.spec.ts', '@tandem/testing'],
  ['libs/messaging/src/good.ts', '@nats-io/jetstream'],
  ['libs/resource-server/src/good.ts', '@tandem/jwt'],
  ['libs/resource-server/src/good-2.ts', '@nestjs/microservices'],
  ['libs/testing/src/good.ts', '@tandem/dev'],
  ['libs/testing/src/good-2.ts', 'pg'],
  [`${AUTH}/session/good.ts`, '@tandem/persistence'],
  [`${AUTH}/session/good-2.ts`, 'fastify'],
  [`${AUTH}/token-endpoint/good.ts`, '../session/room.js'],
  [`${AUTH}/app.module.ts`, './token-endpoint/room.js'],
];

const WORKSPACES = {
  ...Object.fromEntries(
    ['contracts', 'protocol', 'jwt', 'persistence', 'messaging', 'web-server', 'resource-server', 'testing'].map(
      (name) => [name, `libs/${name}`],
    ),
  ),
  'auth-server': 'apps/auth-server',
  'resource-api': 'apps/resource-api',
  dev: 'dev',
};

let fixture;
beforeAll(() => {
  fixture = mkdtempSync(join(tmpdir(), 'tandem-boundaries-'));
});
afterAll(() => rmSync(fixture, { recursive: true }));

function write(file, text) {
  mkdirSync(dirname(join(fixture, file)), { recursive: true });
  writeFileSync(join(fixture, file), text);
}

function writePackage(folder, name, main) {
  write(`${folder}/package.json`, JSON.stringify({ name, type: 'module', exports: { '.': `./${main}` } }));
  write(`${folder}/${main}`, 'export const x = 1;\n');
}

/** A house of the same layout with nothing in it but the imports above. */
function build() {
  for (const [name, folder] of Object.entries(WORKSPACES)) {
    writePackage(folder, `@tandem/${name}`, 'src/index.ts');
    mkdirSync(join(fixture, 'node_modules/@tandem'), { recursive: true });
    symlinkSync(join(fixture, folder), join(fixture, 'node_modules/@tandem', name));
  }
  const specifiers = [...BREACHES.map(([, , specifier]) => specifier), ...GOOD.map(([, specifier]) => specifier)];
  for (const name of new Set(specifiers.filter((specifier) => /^(@(?!tandem)|[a-z-]+$)/.test(specifier))))
    writePackage(`node_modules/${name}`, name, 'index.js');
  write('libs/protocol/src/hidden.ts', 'export const x = 1;\n');
  for (const room of ['session', 'token-endpoint', 'userinfo-endpoint'])
    write(`${AUTH}/${room}/room.ts`, 'export const x = 1;\n');
  write(`${AUTH}/session/breach-9.ts`, "export * from './breach-8.js';\n");
  for (const [, file, specifier] of BREACHES) write(file, `export * from '${specifier}';\n`);
  for (const [file, specifier] of GOOD) write(file, `export * from '${specifier}';\n`);
}

function cruise(folder, ...places) {
  const command = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  return new Promise((done, fail) => {
    const options = { cwd: folder, maxBuffer: 64 * 1_048_576 };
    execFile(
      process.execPath,
      [command, '--config', CONFIG, '--output-type', 'json', ...places],
      options,
      (_, out, err) => {
        try {
          done(JSON.parse(out).summary.violations.map(({ rule, from }) => ({ rule: rule.name, from })));
        } catch {
          fail(new Error(err));
        }
      },
    );
  });
}

describe('the layers', () => {
  let violations;
  beforeAll(async () => {
    build();
    violations = await cruise(fixture, 'apps', 'libs', 'dev');
  }, 60_000);

  it.each(BREACHES)('refuses by %s: %s imports %s', (rule, file) => {
    expect(violations.filter(({ from }) => from === file).map((violation) => violation.rule)).toContain(rule);
  });

  it.each(GOOD)('accepts that %s imports %s', (file) => {
    expect(violations.filter(({ from }) => from === file)).toEqual([]);
  });

  it('shows no rule that nothing here breaks', () => {
    const broken = new Set(BREACHES.map(([rule]) => rule));
    expect(forbidden.map(({ name }) => name).filter((name) => !broken.has(name))).toEqual([]);
  });

  it('accepts a type import no more than any other', async () => {
    write(`${AUTH}/session/typed.ts`, "import type { x } from 'jose';\nexport type Y = typeof x;\n");
    const found = await cruise(fixture, AUTH);
    expect(found).toContainEqual({ rule: 'technology-jose', from: `${AUTH}/session/typed.ts` });
  }, 60_000);

  it('accepts the house as it is', async () => {
    expect(await cruise(ROOT, 'apps', 'libs', 'dev', 'test', 'bench')).toEqual([]);
  }, 60_000);
});

describe('what has one place', () => {
  const BREAKS = {
    'environment-only-in-config': [`${AUTH}/session/env.ts`, "export const url = process.env['X'];"],
    'clock-only-in-clock': [`${AUTH}/session/now.ts`, 'export const now = () => Date.now();'],
    'replies-only-in-send-answer': [`${AUTH}/session/reply.ts`, 'export const go = (reply) => void reply.send();'],
    'protocol-is-synchronous': ['libs/protocol/src/later.ts', 'export const later = async () => 1;'],
    'protocol-reads-no-clock-and-rolls-no-die': ['libs/protocol/src/die.ts', 'export const die = () => Math.random();'],
    'no-route-middleware': [`${AUTH}/session/guard.ts`, 'export class Guard implements NestMiddleware {}'],
  };

  it.each(RULES.map(({ name }) => name))('refuses by %s what stands elsewhere', (rule) => {
    const [file, text] = BREAKS[rule];
    write(file, `/** Speaks of process.env, Date.now() and await: words are free. */\n${text}\n`);
    expect(misplaced(fixture).filter((found) => found.file === file)).toEqual([{ rule, file, line: 2 }]);
  });

  it('accepts the house as it is', () => {
    expect(misplaced(ROOT)).toEqual([]);
  });
});
