import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../processes/ports.js';
import { gone, processExists } from '../processes/process-exists.js';
import { type ExitStatus, ServiceProcess } from '../processes/service-process.js';
import { watch } from '../processes/watchdog.js';
import { binary, findPostgres } from './binaries.js';
import { SUPERUSER, clusterIn, prepareCluster, serverEnvironment } from './cluster.js';
import { findRunningServer, type RunningServer } from './running-server.js';
import { type ServerAccount, chooseAccount } from './server-account.js';

export interface PostgresOptions {
  /** Folder for everything the server keeps; a restart on it finds its data. */
  readonly dataDir: string;
  /** False gives up safety against crashes for speed: tests only. Default true. */
  readonly durable?: boolean;
  /** Default: the port of the last start, else any free one. */
  readonly port?: number;
  /** Server settings beside ours, such as `max_connections`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Folder in which a fresh cluster is kept between runs, so that initdb runs once. */
  readonly template?: string;
}

export interface Postgres {
  /** Of the superuser, on the database `postgres`. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Whether it ran before we came. */
  readonly reused: boolean;
  /** Ends it in good order; does nothing when it belongs to another starter that still runs. */
  stop(): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** Resolves when the server has ended for whatever reason; never for a reused one. */
  readonly exited: Promise<ExitStatus>;
}

const FAST: Readonly<Record<string, string>> = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
const STOP_SECONDS = 10;
const ATTEMPTS = 50;

/** Starts the embedded PostgreSQL on loopback, or takes over the one that already runs on this data. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const account = chooseAccount(findPostgres(), options.dataDir);
  const { dataDir } = account;
  const password = await prepareCluster(account, dataDir, options.template);
  const running = await findRunningServer(dataDir);
  return running === undefined
    ? startServer(options, account, password)
    : takeOver(running, dataDir, urlOf(password, running.port));
}

const urlOf = (password: string, port: number): string =>
  `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/postgres`;

async function startServer(options: PostgresOptions, account: ServerAccount, password: string): Promise<Postgres> {
  const portFile = join(account.dataDir, 'port');
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort(options.port ?? remembered(portFile));
    const server = new ServiceProcess(serverProcess(options, account, port));
    try {
      await server.waitForLine((line) =>
        line.includes('database system is ready to accept connections') ? true : undefined,
      );
    } catch (error) {
      await server.stop('SIGQUIT');
      // A killed server's children keep its memory for a moment; a port may be lost between looking and listening.
      const passes = server.lines.some((line) =>
        /shared memory block|could not bind|lock file "postmaster\.pid"/.test(line),
      );
      if (!passes || attempt === ATTEMPTS) throw error;
      await pause(100);
      continue;
    }
    writeFileSync(portFile, String(port));
    writeFileSync(ownerFile(account.dataDir), String(process.pid));
    return {
      url: urlOf(password, port),
      port,
      pid: server.pid,
      reused: false,
      stop: async () => void (await server.stop()),
      kill: (signal) => server.kill(signal),
      exited: server.exited,
    };
  }
}

function serverProcess({ durable = true, settings = {} }: PostgresOptions, account: ServerAccount, port: number) {
  const { wrapper, native, dataDir, uid, gid } = account;
  const all = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port: String(port),
    ...(durable ? {} : FAST),
    ...settings,
  };
  const given = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const [command = '', ...args] = [...wrapper, binary(native, 'postgres'), '-D', clusterIn(dataDir), ...given];
  // SIGINT is PostgreSQL's "fast" shutdown: it ends open connections instead of waiting for them.
  const process = { name: 'postgres', command, args, uid, gid, cwd: '/', env: serverEnvironment };
  return { ...process, stopSignal: 'SIGINT', logFile: join(dataDir, 'postgres.log') } as const;
}

function takeOver({ pid, port }: RunningServer, dataDir: string, url: string): Postgres {
  const owner = remembered(ownerFile(dataDir));
  const foreign = owner !== undefined && owner !== process.pid && processExists(owner);
  const forget = foreign ? undefined : watch(pid, 'SIGINT');
  if (!foreign) writeFileSync(ownerFile(dataDir), String(process.pid));
  return {
    url,
    port,
    pid,
    reused: true,
    stop: async () => {
      if (forget === undefined) return;
      if (processExists(pid)) process.kill(pid, 'SIGINT');
      if (!(await gone(pid, STOP_SECONDS))) process.kill(pid, 'SIGQUIT');
      forget();
    },
    kill: (signal) => void process.kill(pid, signal),
    exited: new Promise(() => undefined),
  };
}

const ownerFile = (dataDir: string): string => join(dataDir, 'starter.pid');

function remembered(file: string): number | undefined {
  const value = existsSync(file) ? Number(readFileSync(file, 'utf8')) : Number.NaN;
  return Number.isInteger(value) ? value : undefined;
}
