import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startNats } from '../nats/start-nats.js';
import { inProject } from '../paths.js';
import { startPostgres } from '../postgres/start-postgres.js';
import type { NatsSeedFiles } from './app-environments.js';

/** A service that is ours to end, or none of ours when the environment named one that runs already. */
export interface Started<What> {
  readonly service: What;
  readonly seconds: number;
  stop(): Promise<void>;
  /** Resolves when a service of ours has ended unasked. */
  readonly exited: Promise<unknown>;
}

export const secondsSince = (began: number): number => (Date.now() - began) / 1000;
const never = new Promise<never>(() => undefined);

/** A database with an up-to-date schema: the one at `url`, else the embedded server's. */
export async function startDatabase(dataDir: string, url?: string): Promise<Started<{ readonly url: string }>> {
  const began = Date.now();
  // The libraries load while the server starts: two processor cores, two things to do.
  const persistence = import('@tandem/persistence');
  const postgres = url === undefined ? await startPostgres({ dataDir: join(dataDir, 'postgres') }) : undefined;
  const service = { url: postgres?.url ?? (url as string) };
  try {
    await (await persistence).migrate(service.url);
    await migrateResourceApi(service.url);
  } catch (error) {
    await postgres?.stop();
    throw error;
  }
  return {
    service,
    seconds: secondsSince(began),
    stop: async () => postgres?.stop(),
    exited: postgres?.exited ?? never,
  };
}

async function migrateResourceApi(databaseUrl: string): Promise<void> {
  const script = inProject('apps/resource-api/dist/migrate.js');
  if (!existsSync(script)) return;
  const env = { ...process.env, DATABASE_URL: databaseUrl };
  const child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`The migration of the resource-api failed (exit code ${String(code)}); its reason is above.`);
}

/** NATS with the event stream: the server at `url`, else an embedded one. */
export async function startBus(
  dataDir: string,
  url?: string,
): Promise<Started<{ readonly url: string; readonly seeds?: NatsSeedFiles }>> {
  const began = Date.now();
  const nats = url === undefined ? await startNats({ dataDir: join(dataDir, 'nats') }) : undefined;
  return {
    service: { url: nats?.url ?? (url as string) },
    seconds: secondsSince(began),
    stop: async () => nats?.stop(),
    exited: nats?.exited ?? never,
  };
}

/** Forgets what earlier runs logged. */
export function emptyLogs(dataDir: string): string {
  const folder = join(dataDir, 'logs');
  rmSync(folder, { recursive: true, force: true });
  return folder;
}
