/** Runs a command with a PostgreSQL and a nats-server of its own: `node dev/dist/with-test-services.js jest …`. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNats } from './nats/start-nats.js';
import { inProject } from './paths.js';
import { startPostgres } from './postgres/start-postgres.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

interface TestServices {
  readonly env: NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

async function startTestServices(): Promise<TestServices> {
  const home = mkdtempSync(join(tmpdir(), 'tandem-test-'));
  // PostgreSQL's account has to pass through.
  chmodSync(home, 0o711);
  const { TEST_DATABASE_URL, TEST_NATS_URL } = process.env;
  const [postgres, nats] = await Promise.all([
    TEST_DATABASE_URL === undefined ? embeddedPostgres(home) : undefined,
    TEST_NATS_URL === undefined ? startNats({ dataDir: join(home, 'nats') }) : undefined,
  ]);
  return {
    env: {
      TEST_DATABASE_URL: postgres?.url ?? TEST_DATABASE_URL,
      TEST_NATS_URL: nats?.url ?? TEST_NATS_URL,
    },
    stop: async () => {
      await Promise.all([postgres?.stop(), nats?.stop()]);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

const embeddedPostgres = (home: string) =>
  startPostgres({
    dataDir: join(home, 'postgres'),
    // Tests are faster without waiting for the disk; what is measured has to wait for it.
    durable: process.env['TEST_POSTGRES_DURABLE'] === '1',
    settings: { max_connections: '300' },
    template: inProject('node_modules/.cache/tandem', `postgres-${process.getuid?.() ?? 'user'}`),
  });

/** Resolves to the command's exit code; a signal for us is passed on, and we wait for its end. */
function runCommand([command = '', ...args]: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...env } });
    for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));
    child.once('error', (error) => {
      console.error(error.message);
      resolve(127);
    });
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

const command = process.argv.slice(2);
if (command.length === 0) {
  console.error('Say which command to run: node dev/dist/with-test-services.js <command> [arguments]');
  process.exit(2);
}
try {
  const services = await startTestServices();
  process.exitCode = await runCommand(command, services.env);
  await services.stop();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
