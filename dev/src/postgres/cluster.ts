import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { binary } from './binaries.js';
import type { ServerAccount } from './server-account.js';

/** The superuser of the embedded server. */
export const SUPERUSER = 'postgres';

/** Where the server keeps what, inside the folder it was given. */
export const clusterIn = (dataDir: string): string => join(dataDir, 'cluster');
const passwordIn = (dataDir: string): string => join(dataDir, 'password');

/** What the server's programs see of our environment: nothing that could redirect them. */
export const serverEnvironment = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' } as const;

/**
 * Makes sure that there is a database cluster in `dataDir`.
 *
 * @param template folder in which a fresh cluster is kept, to be copied instead of made anew.
 * @returns the superuser's password.
 */
export async function prepareCluster(account: ServerAccount, dataDir: string, template?: string): Promise<string> {
  mkdirSync(dataDir, { recursive: true, mode: 0o711 });
  if (!existsSync(join(clusterIn(dataDir), 'PG_VERSION'))) {
    rmSync(clusterIn(dataDir), { recursive: true, force: true });
    if (template === undefined) await createCluster(account, dataDir);
    else await copyTemplate(account, dataDir, template);
  }
  ensureOwner(clusterIn(dataDir), account);
  return readFileSync(passwordIn(dataDir), 'utf8');
}

async function copyTemplate(account: ServerAccount, dataDir: string, template: string): Promise<void> {
  if (!existsSync(join(template, 'cluster', 'PG_VERSION'))) {
    const draft = join(dirname(template), `${basename(template)}.${process.pid}`);
    mkdirSync(draft, { recursive: true, mode: 0o711 });
    await createCluster(account, draft);
    try {
      renameSync(draft, template);
    } catch {
      // Another run has made it meanwhile.
      rmSync(draft, { recursive: true, force: true });
    }
  }
  cpSync(template, dataDir, { recursive: true });
}

async function createCluster(account: ServerAccount, dataDir: string): Promise<void> {
  const password = randomBytes(24).toString('base64url');
  const handOver = join(dataDir, 'password.initdb');
  mkdirSync(clusterIn(dataDir), { mode: 0o700 });
  ensureOwner(clusterIn(dataDir), account);
  writeFileSync(handOver, password, { mode: 0o600 });
  ensureOwner(handOver, account);
  try {
    await initdb(account, clusterIn(dataDir), handOver);
    writeFileSync(passwordIn(dataDir), password, { mode: 0o600 });
  } catch (error) {
    rmSync(clusterIn(dataDir), { recursive: true, force: true });
    throw error;
  } finally {
    rmSync(handOver, { force: true });
  }
}

async function initdb(
  { wrapper, native, uid, gid }: ServerAccount,
  cluster: string,
  passwordFile: string,
): Promise<void> {
  const options = ['-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8', '--no-sync'];
  const locale = ['--locale-provider=builtin', '--locale=C.UTF-8'];
  const program = [...wrapper, binary(native, 'initdb'), '-D', cluster, '-U', SUPERUSER, ...options, ...locale];
  const [command = '', ...args] = program;
  const child = spawn(command, args, { uid, gid, env: serverEnvironment, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
  const output: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`PostgreSQL's initdb failed:\n${output.join('')}`);
}

/** Hands a file or folder to the account, unless it has it already. */
function ensureOwner(path: string, { uid, gid }: ServerAccount): void {
  const own = process.getuid?.();
  if (own !== 0) return;
  const [owner, group] = [uid ?? own, gid ?? 0];
  if (statSync(path).uid === owner) return;
  chownSync(path, owner, group);
  if (!statSync(path).isDirectory()) return;
  for (const entry of readdirSync(path, { recursive: true, encoding: 'utf8' }))
    chownSync(join(path, entry), owner, group);
}
