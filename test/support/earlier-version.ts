import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inProject } from '@tandem/dev';

const MIGRATIONS = 'libs/persistence/src/migrations/';
const PACKAGES = ['apps', 'libs'];

/** The auth-server of an earlier version, built beside this one. */
export interface EarlierVersion {
  readonly commit: string;
  readonly program: string;
  readonly commandLine: string;
  /** Its demo configuration, which knows no later settings. */
  readonly configuration: (sampleClientUrl: string) => string;
  remove(): void;
}

const git = (...args: readonly string[]): string =>
  execFileSync('git', ['-C', inProject(), ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'ignore'],
  });

/** Migrations of a commit, with the hash of what each says. */
const migrationsOf = (commit: string): readonly string[] =>
  git('ls-tree', commit, MIGRATIONS)
    .split('\n')
    .filter((line) => line !== '');

/** The newest commit that lacks migrations of today and has no others; undefined where the history is not at hand. */
export function commitBeforeLastMigration(): string | undefined {
  try {
    const today = migrationsOf('HEAD');
    return git('rev-list', '--first-parent', 'HEAD')
      .split('\n')
      .find((commit) => {
        const then = commit === '' ? [] : migrationsOf(commit);
        return then.length > 0 && then.length < today.length && then.every((line) => today.includes(line));
      });
  } catch {
    return undefined;
  }
}

/** Builds that commit in a folder of its own, with the dependencies of today. */
export function buildEarlierVersion(commit: string): EarlierVersion {
  const home = mkdtempSync(join(tmpdir(), 'tandem-earlier-'));
  const archive = execFileSync('git', ['-C', inProject(), 'archive', commit], { maxBuffer: 2 ** 28 });
  execFileSync('tar', ['-x', '-C', home], { input: archive });
  const modules = join(home, 'node_modules');
  mkdirSync(join(modules, '@tandem'), { recursive: true });
  for (const name of readdirSync(inProject('node_modules')))
    if (name !== '@tandem' && name !== '.cache') symlinkSync(inProject('node_modules', name), join(modules, name));
  for (const folder of PACKAGES)
    for (const name of readdirSync(join(home, folder)))
      symlinkSync(join(home, folder, name), join(modules, '@tandem', name));
  symlinkSync(join(home, 'dev'), join(modules, '@tandem/dev'));
  const app = join(home, 'apps/auth-server');
  const compiler = inProject('node_modules/typescript/bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-b', join(app, 'tsconfig.lib.json')], {
    cwd: home,
  });
  if (status !== 0) throw new Error(`the earlier version can not be built: ${stdout.toString().slice(0, 2_000)}`);
  return {
    commit,
    program: join(app, 'dist/main.js'),
    commandLine: join(app, 'dist/tandem.js'),
    configuration: (sampleClientUrl) =>
      readFileSync(join(home, 'config/demo.yaml'), 'utf8').replaceAll('http://localhost:3002', sampleClientUrl),
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}
