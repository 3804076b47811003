import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../processes/ports.js';
import { type ExitStatus, ServiceProcess } from '../processes/service-process.js';
import { findNatsServer } from './find-nats-server.js';

export interface NatsOptions {
  /** Folder for the stream store and the configuration; a restart on it finds its messages. */
  readonly dataDir: string;
  /** Default: the port of the last start, else any free one. */
  readonly port?: number;
  /** Accounts, users and limits in nats-server's own language. Default: everybody may do everything. */
  readonly config?: string;
}

export interface Nats {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  readonly exited: Promise<ExitStatus>;
}

const OPEN = 'jetstream { max_mem: 64MB, max_file: 1GB }\n';
const ATTEMPTS = 5;

/** Starts a nats-server with JetStream on loopback. */
export async function startNats({ dataDir, port: wanted, config = OPEN }: NatsOptions): Promise<Nats> {
  const command = await findNatsServer();
  mkdirSync(join(dataDir, 'store'), { recursive: true, mode: 0o700 });
  const configFile = join(dataDir, 'nats-server.conf');
  writeFileSync(configFile, config, { mode: 0o600 });
  const portFile = join(dataDir, 'port');
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort(wanted ?? (existsSync(portFile) ? Number(readFileSync(portFile, 'utf8')) : undefined));
    // Where it listens and stores is ours to say, whatever the configuration says.
    const place = ['--addr', '127.0.0.1', '--port', String(port), '--store_dir', join(dataDir, 'store')];
    const server = new ServiceProcess({
      name: 'nats-server',
      command,
      args: ['--config', configFile, '--jetstream', ...place],
      env: { PATH: process.env.PATH },
      stopSignal: 'SIGTERM',
      logFile: join(dataDir, 'nats-server.log'),
    });
    try {
      await server.waitForLine((line) => (line.includes('Server is ready') ? true : undefined), 15);
    } catch (error) {
      await server.stop('SIGKILL');
      const lostPort = server.lines.some((line) => line.includes('address already in use'));
      if (!lostPort || attempt === ATTEMPTS) throw error;
      continue;
    }
    writeFileSync(portFile, String(port));
    return {
      url: `nats://127.0.0.1:${port}`,
      port,
      pid: server.pid,
      stop: async () => void (await server.stop()),
      kill: (signal) => server.kill(signal),
      exited: server.exited,
    };
  }
}
