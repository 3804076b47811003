import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { connect, nkeyAuthenticator } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';
import { inProject } from './settings.js';

/** Files with the keys of the connections of a deployment; none where NATS asks for none. */
interface Seeds {
  readonly relay: string;
  readonly rpc: string;
  readonly resourceApi: string;
  readonly sampleClient: string;
}
interface Provisioned {
  readonly nats: { readonly url: string; readonly pid: number; stop(): Promise<void> };
  readonly seeds: Seeds;
}

/** The broker of a run. */
export interface BenchNats {
  readonly pid: number | undefined;
  readonly authServerEnv: Readonly<Record<string, string>>;
  readonly resourceApiEnv: Readonly<Record<string, string>>;
  connect(): Promise<NatsConnection>;
  stop(): Promise<void>;
}

/** The embedded broker with the accounts and permissions of a deployment, or a reason why there is none. */
export async function openNats(dataDir: string): Promise<BenchNats | string> {
  try {
    const module = (await import(pathToFileURL(inProject('dev/dist/index.js')).href)) as {
      startProvisionedNats(dataDir: string): Promise<Provisioned>;
    };
    const { nats, seeds } = await module.startProvisionedNats(dataDir);
    const { url: NATS_URL, pid } = nats;
    return {
      pid,
      authServerEnv: { NATS_URL, NATS_RELAY_SEED_FILE: seeds.relay, NATS_RPC_SEED_FILE: seeds.rpc },
      resourceApiEnv: { NATS_URL, NATS_SEED_FILE: seeds.resourceApi },
      connect: () =>
        connect({
          servers: NATS_URL,
          authenticator: nkeyAuthenticator(new TextEncoder().encode(readFileSync(seeds.sampleClient, 'utf8').trim())),
          inboxPrefix: '_INBOX_client',
        }),
      stop: () => nats.stop(),
    };
  } catch (error) {
    return `no NATS: ${error instanceof Error ? error.message : String(error)}`;
  }
}
