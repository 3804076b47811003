import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { processExists } from '../processes/process-exists.js';

/** Says that we are the one who works on a data folder. */
export interface FolderLock {
  /** Whether the last one left without giving it back: what it started may need a moment to end. */
  readonly abandoned: boolean;
  release(): void;
}

/** @throws when another starter that still runs has the folder. */
export function lockFolder(dataDir: string): FolderLock {
  // Others may pass through, since PostgreSQL's account has its data inside; the files have modes of their own.
  mkdirSync(dataDir, { recursive: true, mode: 0o711 });
  const file = join(dataDir, 'starter.pid');
  const earlier = existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined;
  if (earlier !== undefined && earlier !== process.pid && isStarter(earlier))
    throw new Error(
      `Tandem already runs on ${dataDir} (process ${earlier}). Stop it with Ctrl-C in its terminal or "kill ${earlier}", ` +
        'or set DATA_DIR to another folder.',
    );
  writeFileSync(file, String(process.pid));
  return { abandoned: earlier !== undefined, release: () => rmSync(file, { force: true }) };
}

/** After a reboot the number may belong to any program. */
function isStarter(pid: number): boolean {
  if (!processExists(pid)) return false;
  const commandLine = `/proc/${pid}/cmdline`;
  return !existsSync(commandLine) || readFileSync(commandLine, 'utf8').includes('start.');
}
