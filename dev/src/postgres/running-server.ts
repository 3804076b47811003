import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { firstAnswer } from '../processes/ports.js';
import { gone, processExists } from '../processes/process-exists.js';
import { SUPERUSER, clusterIn } from './cluster.js';

export interface RunningServer {
  readonly pid: number;
  readonly port: number;
}

const SHUTDOWN_SECONDS = 10;

/** The server that already runs on this data, if one does and answers. One that is about to end is waited for. */
export async function findRunningServer(dataDir: string): Promise<RunningServer | undefined> {
  const file = join(clusterIn(dataDir), 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const [pid = 0, , , port = 0] = readFileSync(file, 'utf8').split('\n').map(Number);
  if (pid === 0 || port === 0 || !processExists(pid)) return undefined;
  if (await acceptsConnections(port)) return { pid, port };
  await gone(pid, SHUTDOWN_SECONDS);
  return undefined;
}

/** A server that starts or ends answers a connection with an error, a ready one with a question for the password. */
export async function acceptsConnections(port: number): Promise<boolean> {
  const answer = await firstAnswer(port, startupMessage());
  return answer?.[0] === 'R'.charCodeAt(0);
}

function startupMessage(): Buffer {
  const protocol = Buffer.from([0, 3, 0, 0]);
  const body = Buffer.concat([protocol, Buffer.from(`user\0${SUPERUSER}\0database\0postgres\0\0`)]);
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([length, body]);
}
