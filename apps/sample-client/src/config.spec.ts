import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from './config.js';

describe('configuration', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sample-client-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  it('accepts an empty environment: everything has a default for the demo', () => {
    const config = readConfig({});
    expect(config).toMatchObject({
      issuer: 'http://localhost:3000/',
      url: 'http://localhost:3002',
      http: { port: 3002 },
    });
    expect(config.withPrivateKey).toBeUndefined();
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('accepts addresses with or without their last slash, and a secret from a file', () => {
    const config = readConfig({
      ISSUER: 'https://op.example',
      SAMPLE_CLIENT_URL: 'https://rp.example/',
      CLIENT_SECRET_FILE: file('secret', 'from-a-file\n'),
    });
    expect([config.issuer, config.url]).toEqual(['https://op.example/', 'https://rp.example']);
    expect(config.withSecret.clientSecret).toBe('from-a-file');
  });

  it('tells every problem at once, by the variable’s name', () => {
    const environment = {
      ISSUER: 'nonsense',
      SAMPLE_CLIENT_PORT: '70000',
      LOG_LEVEL: 'loud',
      CLIENT_SECRET_FILE: '/nowhere',
      CLIENT_PRIVATE_KEY_FILE: file('key.json', '{"kty":"EC"}'),
    };
    let told = '';
    try {
      readConfig(environment);
    } catch (error) {
      told = error instanceof Error ? error.message : '';
    }
    for (const name of Object.keys(environment)) expect(told).toContain(`${name}:`);
  });
});
