import 'reflect-metadata';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from './config.js';

const DATABASE_URL = 'postgres://localhost/orders';

describe('the configuration of the API', () => {
  it('accepts the database alone, and stands on loopback with the demo system then', () => {
    expect(readConfig({ DATABASE_URL })).toMatchObject({
      issuer: 'http://localhost:3000/',
      identifier: 'https://api.tandem.example/',
      stalenessSeconds: 60,
      http: { host: '127.0.0.1', port: 3001, managementPort: 0 },
    });
  });

  it('accepts an issuer without its final slash as the one with it', () => {
    expect(readConfig({ DATABASE_URL, ISSUER: 'https://op.example' }).issuer).toBe('https://op.example/');
  });

  it('accepts the secret from a file, and a NATS with its user', () => {
    const folder = mkdtempSync(join(tmpdir(), 'config-'));
    const file = join(folder, 'secret');
    writeFileSync(file, 'from-a-file\n');
    const config = readConfig({
      DATABASE_URL,
      API_CLIENT_SECRET_FILE: file,
      NATS_URL: 'nats://n:4222',
      NATS_SEED_FILE: 's',
    });
    rmSync(folder, { recursive: true });
    expect(config.client.clientSecret).toBe('from-a-file');
    expect(config.nats).toEqual({ url: 'nats://n:4222', instance: '1', seedFile: 's' });
  });

  it('tells every problem at once', () => {
    const broken = { RESOURCE_API_PORT: 'many', LOG_LEVEL: 'loud', RESOURCE_API_INSTANCE: 'a.b', ISSUER: 'op' };
    for (const name of ['DATABASE_URL', ...Object.keys(broken)]) expect(() => readConfig(broken)).toThrow(name);
  });

  it('refuses the secret of the demo system in production', () => {
    expect(() => readConfig({ DATABASE_URL, NODE_ENV: 'production' })).toThrow('API_CLIENT_SECRET');
  });
});
