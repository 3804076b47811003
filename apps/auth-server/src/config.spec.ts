import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError } from '@tandem/web-server';
import { readConfig } from './config.js';
import type { AuthServerConfig } from './config.js';

const folder = mkdtempSync(join(tmpdir(), 'tandem-config-'));
afterAll(() => rmSync(folder, { recursive: true }));
function file(text: string): string {
  const path = join(folder, `key-${Math.random()}`);
  writeFileSync(path, text);
  return path;
}
const key = (fill: number): string => Buffer.alloc(32, fill).toString('base64url');

const base = { DATABASE_URL: 'postgres://localhost/x', KEY_ENCRYPTION_KEY_FILE: file(`${key(1)}\n`) };
const read = (more: Readonly<Record<string, string>> = {}): AuthServerConfig => readConfig({ ...base, ...more });
function problemsOf(environment: Readonly<Record<string, string>>): readonly string[] {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

describe('the configuration', () => {
  it('accepts the least there must be, with defaults', () => {
    const config = read();
    expect(config).toMatchObject({
      issuer: 'http://localhost:3000/',
      production: false,
      http: { port: 3000, host: '127.0.0.1' },
    });
    expect(config).not.toHaveProperty('nats');
    expect(Object.isFrozen(config)).toBe(true);
  });

  it.each(['https://op.example', 'https://op.example/', 'https://OP.example:443'])(
    'accepts the issuer %s with one slash',
    (issuer) => {
      expect(read({ ISSUER: issuer }).issuer).toBe('https://op.example/');
    },
  );

  it('accepts an empty variable as an absent one', () => {
    expect(read({ NATS_URL: '', AUTH_SERVER_PORT: '' })).toMatchObject({ http: { port: 3000 } });
    expect(read({ NATS_URL: '' })).not.toHaveProperty('nats');
  });

  it('accepts several keys: the first seals, the others still open', () => {
    expect(read({ KEY_ENCRYPTION_KEY_FILE: file(`${key(1)}\n\n${key(2)}`) }).keyEncryptionKeys).toHaveLength(2);
  });

  it('tells every problem at once', () => {
    const problems = problemsOf({
      AUTH_SERVER_PORT: 'many',
      LOG_LEVEL: 'loud',
      ISSUER: 'op.example',
      NODE_ENV: 'prod',
    });
    const names = problems.map((problem) => problem.split(':', 1)[0]);
    expect(new Set(names)).toEqual(
      new Set(['DATABASE_URL', 'AUTH_SERVER_PORT', 'LOG_LEVEL', 'ISSUER', 'NODE_ENV', 'KEY_ENCRYPTION_KEY_FILE']),
    );
  });

  it.each([
    [{ ISSUER: 'https://op.example/tenant' }, 'ISSUER'],
    [{ ISSUER: 'https://op.example/?a' }, 'ISSUER'],
    [{ ISSUER: 'ftp://op.example/' }, 'ISSUER'],
    [{ ISSUER: 'http://op.example/', NODE_ENV: 'production' }, 'ISSUER'],
    [{ AUTH_SERVER_PORT: '65536' }, 'AUTH_SERVER_PORT'],
    [{ AUTH_SERVER_PORT: '-1' }, 'AUTH_SERVER_PORT'],
    [{ DATABASE_POOL_SIZE: '0' }, 'DATABASE_POOL_SIZE'],
    [{ KEY_ENCRYPTION_KEY_FILE: '/nowhere' }, 'KEY_ENCRYPTION_KEY_FILE'],
    [{ KEY_ENCRYPTION_KEY_FILE: file('short') }, 'KEY_ENCRYPTION_KEY_FILE'],
    [{ KEY_ENCRYPTION_KEY_FILE: file('') }, 'KEY_ENCRYPTION_KEY_FILE'],
    [{ OUTBOUND_CA_FILE: '/nowhere' }, 'OUTBOUND_CA_FILE'],
  ])('refuses %j', (more, name) => {
    const problems = problemsOf({ ...base, ...more });
    expect([...new Set(problems.map((problem) => problem.split(':', 1)[0]))]).toEqual([name]);
  });
});
