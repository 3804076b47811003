// The message classes that messaging speaks of are decorated.
import 'reflect-metadata';
import { join } from 'node:path';
import { generateNatsUser, provision, publicKeyOf, renderNatsServerConfig, SAMPLE_RECEIVER } from '@tandem/messaging';
import { keptSecret } from '../secrets.js';
import type { NatsSeedFiles } from '../system/app-environments.js';
import { startNats, type Nats } from './start-nats.js';

/** The resource-api of an embedded system, and a second one for whoever wants to start it. */
const INSTANCES = { '1': 'resource-api', '2': 'resource-api-2' } as const;
/** What the streams are made for. */
const PROVISION = { instances: Object.keys(INSTANCES), logoutReceivers: [SAMPLE_RECEIVER] };

export interface ProvisionedNats {
  readonly nats: Nats;
  readonly seeds: NatsSeedFiles;
  /** For whoever makes streams and consumers; no app gets it. */
  readonly provisionerSeedFile: string;
  /** Starts the server again on its data. */
  readonly restart: () => Promise<Nats>;
}

/** A nats-server with the accounts, users and permissions of a deployment, and the event stream in it. */
export async function startProvisionedNats(dataDir: string): Promise<ProvisionedNats> {
  const seedFile = (user: string): string => join(dataDir, 'seeds', user);
  const keyOf = (user: string): string => publicKeyOf(keptSecret(seedFile(user), () => generateNatsUser().seed));
  const users = {
    provisioner: keyOf('provisioner'),
    relay: keyOf('relay'),
    rpc: keyOf('rpc'),
    auditor: keyOf('auditor'),
    client: keyOf('client'),
    resourceServers: Object.entries(INSTANCES).map(([instance, user]) => ({ instance, publicKey: keyOf(user) })),
  };
  const options = { dataDir, config: renderNatsServerConfig({ users }) };
  const nats = await startNats(options);
  const provisionerSeedFile = seedFile('provisioner');
  try {
    await provision(nats.url, provisionerSeedFile, PROVISION);
  } catch (error) {
    await nats.stop();
    throw error;
  }
  const seeds = {
    relay: seedFile('relay'),
    rpc: seedFile('rpc'),
    auditor: seedFile('auditor'),
    resourceApi: seedFile(INSTANCES['1']),
    secondResourceApi: seedFile(INSTANCES['2']),
    sampleClient: seedFile('client'),
  };
  return { nats, seeds, provisionerSeedFile, restart: () => startNats(options) };
}

/** The same in a NATS of somebody else, which the environment names. */
export const provisionForeignNats = (url: string, seedFile: string | undefined): Promise<void> =>
  provision(url, seedFile, PROVISION);
