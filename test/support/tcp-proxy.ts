import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A way to a server that can become a black hole: connections stay open, and nothing passes any more. */
export class TcpProxy {
  private readonly sockets = new Set<Socket>();
  private isHole = false;

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {}

  static async start(target: string): Promise<TcpProxy> {
    const server = createServer();
    const proxy = new TcpProxy(server, new URL(target));
    server.on('connection', (near) => proxy.take(near));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `${this.target.protocol}//127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  swallow(): void {
    this.isHole = true;
    for (const socket of this.sockets) socket.pause();
  }

  /** New connections pass; those of before are gone, as after a long cut. */
  open(): void {
    this.isHole = false;
    for (const socket of this.sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private take(near: Socket): void {
    const far = connect(Number(this.target.port), this.target.hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(one);
      one.on('error', () => undefined);
      one.on('data', (part) => other.write(part));
      one.on('close', () => {
        this.sockets.delete(one);
        other.destroy();
      });
      if (this.isHole) one.pause();
    }
  }
}
