import { join } from 'node:path';
import { startPostgres } from '../postgres/start-postgres.js';
import type { Restartable } from '../processes/keep-running.js';
import type { ExitStatus } from '../processes/service-process.js';
import type { NatsSeedFiles } from './app-environments.js';

interface Stoppable {
  readonly exited: Promise<ExitStatus>;
  stop(): Promise<void>;
}

/** An embedded service that is started again on its data, at its port, when it ends unasked. */
export class EmbeddedService<Service extends Stoppable = Stoppable> implements Restartable {
  constructor(
    readonly name: string,
    private current: Service,
    private readonly again: () => Promise<Service>,
  ) {}

  get exited(): Promise<ExitStatus> {
    return this.current.exited;
  }

  async start(): Promise<void> {
    this.current = await this.again();
  }

  stop(): Promise<void> {
    return this.current.stop();
  }
}

/** What the apps need to reach something, and the service behind it unless it runs somewhere else. */
export interface Provided<Access> {
  readonly access: Access;
  readonly embedded?: EmbeddedService;
  readonly seconds: number;
}

export const secondsSince = (began: number): number => (Date.now() - began) / 1000;

/**
 * A database with an up-to-date schema: the one at `url`, else the embedded server's.
 *
 * @param started is told of a service as soon as it runs, so that it can be ended whatever happens next.
 */
export async function provideDatabase(
  dataDir: string,
  url: string | undefined,
  started: (service: EmbeddedService) => void,
): Promise<Provided<{ readonly url: string }>> {
  const began = Date.now();
  // The library loads while the server starts: two processor cores, two things to do.
  const persistence = import('@tandem/persistence');
  const start = () => startPostgres({ dataDir: join(dataDir, 'postgres') });
  const postgres = url === undefined ? await start() : undefined;
  const embedded = postgres && new EmbeddedService('postgres', postgres, start);
  if (embedded !== undefined) started(embedded);
  const access = { url: url ?? (postgres?.url as string) };
  const { migrate, migrateOrders } = await persistence;
  await migrate(access.url);
  await migrateOrders(access.url);
  return { access, embedded, seconds: secondsSince(began) };
}

/** NATS with the event stream: the server at `url`, whose users the environment names, else an embedded one. */
export async function provideBus(
  dataDir: string,
  { url, seedFile }: { readonly url?: string; readonly seedFile?: string },
  started: (service: EmbeddedService) => void,
): Promise<Provided<{ readonly url: string; readonly seeds?: NatsSeedFiles }>> {
  const began = Date.now();
  if (url !== undefined) {
    const { provisionForeignNats } = await import('../nats/provisioned-nats.js');
    await provisionForeignNats(url, seedFile);
    return { access: { url }, seconds: secondsSince(began) };
  }
  const { startProvisionedNats } = await import('../nats/provisioned-nats.js');
  const { nats, seeds, restart } = await startProvisionedNats(join(dataDir, 'nats'));
  const embedded = new EmbeddedService('nats-server', nats, restart);
  started(embedded);
  return { access: { url: nats.url, seeds }, embedded, seconds: secondsSince(began) };
}
