import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { inProject } from '@tandem/dev';
import type { RunningTandem } from '@tandem/testing';

/** What the command printed, and how it ended. */
export interface Outcome {
  readonly code: number;
  readonly text: string;
}

/** Runs the operator's command line against a Tandem that a spec has started. */
export function operate(
  { issuer, databaseUrl, natsUrl, natsSeeds, configFile }: RunningTandem,
  words: readonly string[],
): Promise<Outcome> {
  const env = {
    PATH: process.env.PATH,
    NODE_ENV: 'test',
    ISSUER: issuer,
    DATABASE_URL: databaseUrl,
    NATS_URL: natsUrl,
    NATS_RELAY_SEED_FILE: natsSeeds.relay,
    NATS_AUDITOR_SEED_FILE: natsSeeds.auditor,
    TANDEM_CONFIG: configFile,
    KEY_ENCRYPTION_KEY_FILE: join(dirname(configFile), 'secrets/key-encryption-key'),
  };
  const program = inProject('apps/auth-server/bundle/tandem.js');
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...words], { env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), text: `${stdout}${stderr}` });
    });
  });
}

/** What the events tell of the grants, beside what PostgreSQL has. */
export const replay = (tandem: RunningTandem): Promise<Outcome> => operate(tandem, ['events', 'replay']);
