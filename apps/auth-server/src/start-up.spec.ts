import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuthServerConfig } from './config.js';
import { loadDeclaredConfiguration } from './start-up.js';

const folder = mkdtempSync(join(tmpdir(), 'tandem-start-'));
afterAll(() => rmSync(folder, { recursive: true }));

const load = (issuer: string, yaml: string): unknown => {
  const declaredConfigurationFile = join(folder, 'tandem.yaml');
  writeFileSync(declaredConfigurationFile, yaml);
  return loadDeclaredConfiguration({ issuer, production: false, declaredConfigurationFile } as AuthServerConfig);
};
const PASSKEYS = 'login: { methods: [password, passkey] }';

it('refuses passkeys for an issuer that is an IP address, since browsers do', () => {
  expect(() => load('https://192.0.2.7/', PASSKEYS)).toThrow('passkeys need an issuer with a host name');
});

it('accepts passkeys for an issuer with a host name, and an IP address without passkeys', () => {
  expect(load('http://localhost:3000/', PASSKEYS)).toMatchObject({ login: { methods: ['password', 'passkey'] } });
  expect(load('https://192.0.2.7/', '')).toMatchObject({ login: { methods: ['password'] } });
});
