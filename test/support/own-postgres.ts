import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '@tandem/dev';
import type { Postgres } from '@tandem/dev';

export interface OwnPostgresOptions {
  readonly settings?: Readonly<Record<string, string>>;
  /** Default: a new folder, removed at the end. */
  readonly dataDir?: string;
}

/** A durable PostgreSQL for one spec alone, which may break it. */
export class OwnPostgres {
  private constructor(
    private readonly options: OwnPostgresOptions & { readonly dataDir: string },
    private server: Postgres,
    private readonly remove: () => void,
  ) {}

  static async start({ dataDir, settings = {} }: OwnPostgresOptions = {}): Promise<OwnPostgres> {
    const folder = dataDir ?? mkdtempSync(join(tmpdir(), 'tandem-postgres-'));
    chmodSync(folder, 0o711);
    const options = { dataDir: folder, settings };
    const remove = (): void => (dataDir === undefined ? rmSync(folder, { recursive: true, force: true }) : undefined);
    return new OwnPostgres(options, await startPostgres(options), remove);
  }

  /** Of the superuser, the same after every restart. */
  get url(): string {
    return this.server.url;
  }

  get exited(): Promise<unknown> {
    return this.server.exited;
  }

  /** SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one. Resolves when it is gone. */
  async end(signal: 'SIGINT' | 'SIGQUIT' | 'SIGKILL'): Promise<void> {
    this.server.kill(signal);
    await this.server.exited;
  }

  /** Starts it again on its data and port. */
  async startAgain(): Promise<void> {
    this.server = await startPostgres(this.options);
  }

  /** Stops every process of it where it is: connections stay open and nobody answers. */
  freeze(): void {
    for (const pid of this.processes()) process.kill(pid, 'SIGSTOP');
  }

  thaw(): void {
    for (const pid of this.processes()) process.kill(pid, 'SIGCONT');
  }

  async stop(): Promise<void> {
    await this.server.stop();
    this.remove();
  }

  /** The postmaster first, so that it makes no new one meanwhile. */
  private processes(): readonly number[] {
    const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parentOf(name) === this.server.pid);
    return [this.server.pid, ...children.map(Number)];
  }
}

function parentOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}
