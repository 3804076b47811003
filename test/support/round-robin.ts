import { Agent, createServer, request as send, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const LOOK_MS = 100;

/** A small load balancer: in turn to those who say that they are ready, nothing is tried twice. */
export class RoundRobin {
  private ready: string[] = [];
  private turn = 0;
  private readonly agent = new Agent({ keepAlive: true });
  private readonly looking = setInterval(() => void this.look(), LOOK_MS);

  private constructor(
    private readonly server: Server,
    private readonly targets: () => readonly string[],
  ) {}

  /** @param targets asked anew each time, since a restarted process may have another address. */
  static async start(targets: () => readonly string[]): Promise<RoundRobin> {
    const server = createServer();
    const balancer = new RoundRobin(server, targets);
    server.on('request', (incoming, outgoing) => {
      balancer.turn += 1;
      const target = balancer.ready[balancer.turn % balancer.ready.length];
      if (target === undefined) return void outgoing.writeHead(502).end();
      const { method, url, headers } = incoming;
      const forwarded = send(`${target}${url}`, { method, headers, agent: balancer.agent }, (answer) => {
        const { connection: _hopByHop, ...rest } = answer.headers;
        outgoing.writeHead(answer.statusCode ?? 502, rest);
        answer.pipe(outgoing);
      });
      forwarded.on('error', () => outgoing.writeHead(502).end());
      incoming.pipe(forwarded);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await balancer.look();
    return balancer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get readyCount(): number {
    return this.ready.length;
  }

  async stop(): Promise<void> {
    clearInterval(this.looking);
    this.agent.destroy();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async look(): Promise<void> {
    const states = await Promise.all(
      this.targets().map(async (target) => {
        const isReady = await fetch(`${target}/health/ready`).then(
          ({ ok }) => ok,
          () => false,
        );
        return isReady ? [target] : [];
      }),
    );
    this.ready = states.flat();
  }
}
