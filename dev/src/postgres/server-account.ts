import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, lstatSync, mkdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { binary } from './binaries.js';

/** PostgreSQL refuses to run as root, so root runs it under one of these accounts: the first that exists. */
const ACCOUNTS = ['postgres', 'node', 'nobody'] as const;

/** As whom, by what and from where the server's programs run. */
export interface ServerAccount {
  /** Set when the programs run under another account than ours. */
  readonly uid?: number;
  readonly gid?: number;
  /** A command in front of each program. */
  readonly wrapper: readonly string[];
  readonly native: string;
  /** Where the data is: usually as asked. */
  readonly dataDir: string;
}

/** Decides how the server can run here: as ourselves, under another account, in a user namespace, or from a copy. */
export function chooseAccount(native: string, dataDir: string): ServerAccount {
  if (process.getuid?.() !== 0) return { wrapper: [], native, dataDir };
  const { uid, gid } = findAccount();
  const files = [binary(native, 'postgres'), nearestExisting(dataDir)];
  if (files.every((file) => canReach(file, uid, gid))) return { uid, gid, wrapper: [], native, dataDir };
  // Something on the way is closed to other accounts, like a home of mode 0700. In a user namespace of its own the
  // server is still root for the file system and not root for itself.
  const wrapper = ['unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`];
  if (works([...wrapper, binary(native, 'postgres'), '--version'])) return { wrapper, native, dataDir };
  return { uid, gid, wrapper: [], ...moveOut(native, dataDir) };
}

function findAccount(): { readonly uid: number; readonly gid: number } {
  const lines = existsSync('/etc/passwd') ? readFileSync('/etc/passwd', 'utf8').split('\n') : [];
  for (const account of ACCOUNTS) {
    const [, , uid, gid] = lines.find((line) => line.startsWith(`${account}:`))?.split(':') ?? [];
    if (Number(uid) > 0 && Number(gid) > 0) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error(
    `PostgreSQL does not run as root and none of the accounts ${ACCOUNTS.join(', ')} exists here. ` +
      'Create one, start Tandem as an ordinary user, or set DATABASE_URL.',
  );
}

function nearestExisting(path: string): string {
  const full = resolve(path);
  return existsSync(full) || dirname(full) === full ? full : nearestExisting(dirname(full));
}

/** Whether the account may enter every folder on the way and read what is there. */
export function canReach(path: string, uid: number, gid: number): boolean {
  const real = realpathSync(path);
  const { mode, ...owner } = statSync(real);
  const shift = owner.uid === uid ? 6 : owner.gid === gid ? 3 : 0;
  const allowed = (mode >> shift) & 0o7;
  // The data's parent only has to be passed through, so that other people's eyes may stay outside.
  if ((allowed & 0o1) === 0) return false;
  return dirname(real) === real || canReach(dirname(real), uid, gid);
}

function works([command, ...args]: readonly string[]): boolean {
  return command !== undefined && spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

/** Containers may refuse namespaces: programs and data then live in the system's temporary folder. */
function moveOut(native: string, dataDir: string): { readonly native: string; readonly dataDir: string } {
  const name = createHash('sha256').update(resolve(dataDir)).digest('hex').slice(0, 16);
  const home = join(realpathSync(tmpdir()), `tandem-postgres-${name}`);
  mkdirSync(home, { recursive: true, mode: 0o711 });
  // The temporary folder is everybody's: what somebody else put there is not ours to run.
  const found = lstatSync(home);
  if (!found.isDirectory() || found.uid !== process.getuid?.())
    throw new Error(`${home} belongs to somebody else. Remove it, or set TMPDIR to a folder of your own.`);
  const copy = join(home, 'native');
  if (!existsSync(binary(copy, 'postgres'))) cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  return { native: copy, dataDir: join(home, 'data') };
}
