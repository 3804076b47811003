import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { packagedServer } from './packaged-server.js';

/** Consumers with several filters, which the events need, came with 2.10. */
const OLDEST = { major: 2, minor: 10 };
const ALSO_IN = ['/usr/sbin', '/usr/local/bin', '/opt/homebrew/bin'];

const ADVICE = `No nats-server ${OLDEST.major}.${OLDEST.minor} or newer was found. Install one, then run the command again:
  macOS    brew install nats-server
  Linux    go install github.com/nats-io/nats-server/v2@v2.14.0   (or a package from https://nats.io/download)
  Windows  winget install NATSAuthors.NATSServer
Or name one: NATS_SERVER_BIN=/path/to/nats-server, or NATS_URL=nats://host:4222 for one that runs already.`;

/** The nats-server program to start: named by NATS_SERVER_BIN, found on this machine, or installed by npm. */
export async function findNatsServer(environment: NodeJS.ProcessEnv = process.env): Promise<string> {
  const named = environment.NATS_SERVER_BIN;
  if (named !== undefined && named !== '') {
    if (isNewEnough(named)) return named;
    throw new Error(`NATS_SERVER_BIN=${named} is not a nats-server ${OLDEST.major}.${OLDEST.minor} or newer.`);
  }
  const folders = [...(environment.PATH ?? '').split(delimiter), ...ALSO_IN].filter((folder) => folder !== '');
  const file = process.platform === 'win32' ? 'nats-server.exe' : 'nats-server';
  const found = [...new Set(folders)]
    .map((folder) => join(folder, file))
    .find((path) => existsSync(path) && isNewEnough(path));
  if (found !== undefined) return found;
  const packaged = await packagedServer();
  if (packaged !== undefined) return packaged;
  throw new Error(ADVICE);
}

function isNewEnough(program: string): boolean {
  try {
    const answer = execFileSync(program, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    const [, major, minor] = (/nats-server: v(\d+)\.(\d+)\./.exec(answer) ?? []).map(Number);
    if (major === undefined || minor === undefined) return false;
    return major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor);
  } catch {
    return false;
  }
}
