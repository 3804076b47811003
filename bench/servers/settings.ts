import { join } from 'node:path';
import { launchOf } from '@tandem/dev';
import type { AppName } from '@tandem/dev';
import type { Alg, BenchClient } from '../load/relying-party.js';
import type { Person } from '../load/sign-in.js';
import { CLIENT, emailOf, HASHED, PASSWORD, PEOPLE, SECRET } from '../peers/peer-settings.js';

/** Folder of the project; the compiled benchmark lies in bench/dist. */
export const ROOT = join(import.meta.dirname, '..', '..', '..');
export const inProject = (...parts: readonly string[]): string => join(ROOT, ...parts);
/** Node's arguments for an application, as `npm start` starts it; its environment has `launchOf(…).env` besides. */
export const asStarted = (application: AppName): readonly string[] => [
  ...launchOf(application).args,
  inProject('apps', application, 'bundle/main.js'),
];
export const peerFile = (name: string): string => join(import.meta.dirname, '..', 'peers', `${name}.js`);

/** Where a run keeps its files, and what its servers share. */
export interface RunFiles {
  readonly folder: string;
  readonly log: string;
  /** Keys of the peers, as JSON. */
  readonly keysFile: string;
  readonly keyEncryptionKeyFile: string;
  readonly tandemConfigFile: string;
}

export const webClient = (alg: Alg): BenchClient => ({ clientId: CLIENT[alg], clientSecret: SECRET, alg });
const CHEAP = PEOPLE - HASHED;
export const person = (number: number): Person => ({ username: emailOf(number % CHEAP), password: PASSWORD });
export const hashedPerson = (number: number): Person => ({
  ...person(0),
  username: emailOf(CHEAP + (number % HASHED)),
});

/** The peers write no line for each request, so neither do ours unless it is asked for. */
export const LOG_LEVEL = process.env['LOG_LEVEL'] ?? 'warn';
