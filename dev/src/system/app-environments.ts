import type { AppName } from '../apps/app-process.js';
import { DEMO } from './demo-configuration.js';

/** Which file holds the NATS key of which connection; absent where NATS asks for none. */
export interface NatsSeedFiles {
  readonly relay: string;
  readonly rpc: string;
  readonly auditor: string;
  readonly resourceApi: string;
  readonly secondResourceApi: string;
  readonly sampleClient: string;
}

/** A running system as its apps have to know it. */
export interface System {
  readonly databaseUrl: string;
  readonly natsUrl: string;
  readonly natsSeeds?: NatsSeedFiles;
  readonly issuer: string;
  readonly resourceApiUrl: string;
  readonly sampleClientUrl: string;
  readonly ports: Readonly<Record<AppName, number>>;
  readonly managementPorts: Readonly<Record<AppName, number>>;
  readonly configFile: string;
  readonly keyEncryptionKeyFile: string;
  readonly dataDir: string;
  /** What every app sees beside its settings: PATH and whatever the caller wants to say. */
  readonly inherited: NodeJS.ProcessEnv;
}

/** The environment of each app. What the caller's own environment says wins over what we would. */
export function appEnvironments(system: System): Readonly<Record<AppName, NodeJS.ProcessEnv>> {
  const { natsSeeds: seeds, inherited, ports, managementPorts } = system;
  const common = {
    NATS_URL: system.natsUrl,
    ISSUER: system.issuer,
    DATA_DIR: system.dataDir,
    SHUTDOWN_GRACE_SECONDS: '0',
  };
  const database = { DATABASE_URL: system.databaseUrl };
  const client = new URL(system.sampleClientUrl);
  return {
    'auth-server': {
      ...common,
      ...database,
      TANDEM_CONFIG: system.configFile,
      KEY_ENCRYPTION_KEY_FILE: system.keyEncryptionKeyFile,
      // The demo client's logout address is on this machine, which outgoing requests may not reach by default.
      OUTBOUND_ALLOW: `${client.hostname}:${client.port || '80'}`,
      ...(seeds && {
        NATS_RELAY_SEED_FILE: seeds.relay,
        NATS_RPC_SEED_FILE: seeds.rpc,
        NATS_AUDITOR_SEED_FILE: seeds.auditor,
      }),
      ...inherited,
      AUTH_SERVER_PORT: String(ports['auth-server']),
      MANAGEMENT_PORT: String(managementPorts['auth-server']),
    },
    'resource-api': {
      ...common,
      ...database,
      RESOURCE_API_URL: system.resourceApiUrl,
      ...(seeds && { NATS_SEED_FILE: seeds.resourceApi }),
      ...inherited,
      RESOURCE_API_PORT: String(ports['resource-api']),
      MANAGEMENT_PORT: String(managementPorts['resource-api']),
    },
    'sample-client': {
      ...common,
      SAMPLE_CLIENT_URL: system.sampleClientUrl,
      RESOURCE_API_URL: system.resourceApiUrl,
      CLIENT_SECRET: DEMO.clientSecret,
      CLIENT_PRIVATE_KEY_FILE: DEMO.clientKeyFile,
      ...(seeds && { NATS_SEED_FILE: seeds.sampleClient }),
      ...inherited,
      SAMPLE_CLIENT_PORT: String(ports['sample-client']),
      MANAGEMENT_PORT: String(managementPorts['sample-client']),
    },
  };
}
