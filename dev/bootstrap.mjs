/**
 * What every command does first: dependencies as the lockfile says, then the build. Node built-ins only, since nothing
 * is installed when it runs. It never starts a service.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '..');
const OLDEST_NODE = [20, 19];

/** Projects that a command needs at run time; specs are type-checked by `npm run typecheck`. */
const RUNTIME = ['apps/auth-server', 'apps/resource-api', 'apps/sample-client', 'dev', 'libs/testing'].map(
  (project) => `${project}/tsconfig.lib.json`,
);

/** Installs and builds what is missing or outdated. Ends the process with advice when that fails. */
export async function bootstrap({ projects = [] } = {}) {
  refuseOldNode();
  if (!isInstalled()) await install();
  await build([...RUNTIME, ...projects]);
}

/** Runs a command on this terminal; resolves to its exit code. Signals reach it as they reach us. */
export function run(command, args, options = {}) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    const forward = (signal) => child.kill(signal);
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, forward);
    child.once('error', fail);
    child.once('exit', (code, signal) => {
      for (const name of signals) process.off(name, forward);
      done(code ?? (signal === 'SIGINT' ? 130 : 143));
    });
  });
}

/** Runs a command silently and shows what it said only when it failed. */
async function runQuietly(command, args, options) {
  const output = [];
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options });
  child.stdout.on('data', (chunk) => output.push(chunk));
  child.stderr.on('data', (chunk) => output.push(chunk));
  const code = await new Promise((done) => {
    child.once('error', (error) => {
      output.push(Buffer.from(`${error.message}\n`));
      done(127);
    });
    child.once('close', (exitCode) => done(exitCode ?? 1));
  });
  if (code !== 0) process.stderr.write(Buffer.concat(output));
  return code;
}

export function fail(message) {
  process.stderr.write(`\n${message}\n`);
  process.exit(1);
}

/** A progress line that names the seconds it took once it is done. */
async function step(title, work) {
  const began = Date.now();
  process.stderr.write(`${title} …\n`);
  await work();
  process.stderr.write(`${title}: done in ${((Date.now() - began) / 1000).toFixed(1)} s\n`);
}

function refuseOldNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  fail(
    `Tandem needs Node.js ${OLDEST_NODE.join('.')} or newer, this is ${process.versions.node}. Install a newer one from https://nodejs.org.`,
  );
}

/** npm writes its own record last, so an interrupted installation has none: no stamp of ours could be truer. */
function isInstalled() {
  try {
    const wanted = packagesIn('package-lock.json');
    const present = packagesIn('node_modules/.package-lock.json');
    return Object.entries(wanted).every(
      ([path, entry]) => path === '' || entry.optional || present[path]?.version === entry.version,
    );
  } catch {
    return false;
  }
}

function packagesIn(lockfile) {
  return JSON.parse(readFileSync(resolve(root, lockfile), 'utf8')).packages;
}

async function install() {
  await step('Installing dependencies (once; about a minute)', async () => {
    const npm = process.env.npm_execpath;
    const [command, args] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
    const options = { env: environmentForNpm(), shell: command === 'npm' && process.platform === 'win32' };
    const code = await runQuietly(command, [...args, 'ci', '--no-progress'], options);
    if (code !== 0)
      fail(
        'npm ci failed (its output is above). Check the network or the npm registry settings, then run the command again.',
      );
  });
}

/** npm inside an npm script takes over its parent's settings, `--prefix` among them, unless they are dropped. */
export function environmentForNpm() {
  const inherited = /^npm_(package_|lifecycle_|config_local|config_prefix$)/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !inherited.test(name)));
}

async function build(projects) {
  await step('Building', async () => {
    const code = await runQuietly(process.execPath, ['node_modules/typescript/bin/tsc', '-b', ...projects]);
    if (code !== 0) fail('The build failed: correct the errors above and run the command again.');
    // Not before: its library is installed by now.
    const { bundleAll } = await import('../tools/bundle.mjs');
    await bundleAll();
  });
}
