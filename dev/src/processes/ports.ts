import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';

const HOST = '127.0.0.1';
/** Ports that no system gives to outgoing connections by itself, so that none takes one between the look and the use. */
const [FIRST, LAST] = [15_000, 30_000];

/** Whether a server could listen there now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: HOST, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** `preferred` when it is free, else a port that nobody uses at the moment. */
export async function freePort(preferred?: number): Promise<number> {
  let port = preferred ?? randomInt(FIRST, LAST);
  while (!(await isFree(port))) port = randomInt(FIRST, LAST);
  return port;
}

/** Sends `message` to a local port and resolves to the first bytes of the answer, undefined when there is none in time. */
export function firstAnswer(port: number, message: Buffer, timeoutMs = 1_000): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: HOST });
    const finish = (answer?: Buffer): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(timeoutMs, () => finish());
    socket.once('connect', () => socket.write(message));
    socket.once('data', finish);
    socket.once('error', () => finish());
    socket.once('close', () => finish());
  });
}
