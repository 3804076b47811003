import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to PostgreSQL that can be cut off or frozen, as a server that was stopped or hangs. */
export interface SeverableServer {
  readonly url: string;
  /** Refuses new connections and breaks those there are. */
  sever(): Promise<void>;
  /** Passes on nothing more, in either direction, and breaks nothing. */
  freeze(): void;
  thaw(): void;
  /** Resolves when somebody connects for the `count`th time from now on. */
  connected(count: number): Promise<void>;
}

export async function severable(target: string): Promise<SeverableServer> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  const waiting: (() => void)[] = [];
  let connections = 0;
  let frozen = false;
  const server = createServer((near) => {
    connections += 1;
    for (const look of waiting) look();
    const far = connect(Number(port), hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        near.destroy();
        far.destroy();
      });
    }
    near.on('data', (chunk) => far.write(chunk));
    far.on('data', (chunk) => near.write(chunk));
    if (frozen) for (const socket of [near, far]) socket.pause();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    sever: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    freeze: () => {
      frozen = true;
      for (const socket of sockets) socket.pause();
    },
    connected: (count) => {
      const wanted = connections + count;
      return new Promise((resolve) => waiting.push(() => connections >= wanted && resolve()));
    },
    thaw: () => {
      frozen = false;
      for (const socket of sockets) socket.resume();
    },
  };
}
