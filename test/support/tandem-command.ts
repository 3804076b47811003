import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { inProject } from '@tandem/dev';
import { tandemUnderTest } from './tandem-under-test.js';
import type { TandemUnderTest } from './tandem-under-test.js';

/** Runs the operator's command line, against the Tandem under test if against no other; answers what it printed. */
export async function tandemCommand(
  words: readonly string[],
  {
    issuer,
    databaseUrl,
    configFile,
  }: Pick<TandemUnderTest, 'issuer' | 'databaseUrl' | 'configFile'> = tandemUnderTest(),
): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [inProject('apps/auth-server/bundle/tandem.js'), ...words],
    {
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'test',
        ISSUER: issuer,
        DATABASE_URL: databaseUrl,
        TANDEM_CONFIG: configFile,
        // Beside the configuration, where startTandem puts it.
        KEY_ENCRYPTION_KEY_FILE: join(dirname(configFile), 'secrets/key-encryption-key'),
      },
    },
  );
  return stdout;
}
