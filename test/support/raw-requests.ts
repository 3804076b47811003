import { connect, type Socket } from 'node:net';

/** An answer as far as a load needs it. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

interface Waiting {
  readonly bytes: string;
  readonly resolve: (answer: RawAnswer) => void;
  readonly reject: (error: Error) => void;
}

const HEAD_END = '\r\n\r\n';

/**
 * Requests over kept connections at a fraction of what a real HTTP client costs, so that a load on the same machine takes
 * less of it than what it loads. It reads only answers that tell their length.
 */
export class RawRequests {
  private readonly idle: Socket[] = [];
  private readonly all = new Set<Socket>();
  private readonly queue: Waiting[] = [];

  constructor(
    private readonly url: URL,
    private readonly connections: number,
  ) {}

  send(method: string, path: string, headers: Readonly<Record<string, string>>, body = ''): Promise<RawAnswer> {
    const lines = Object.entries({
      ...headers,
      host: this.url.host,
      'content-length': String(Buffer.byteLength(body)),
    });
    const head = [`${method} ${path} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`)].join('\r\n');
    return new Promise((resolve, reject) => {
      const waiting = { bytes: `${head}${HEAD_END}${body}`, resolve, reject };
      const socket = this.idle.pop() ?? (this.all.size < this.connections ? this.open() : undefined);
      if (socket === undefined) this.queue.push(waiting);
      else this.use(socket, waiting);
    });
  }

  close(): void {
    for (const socket of this.all) socket.destroy();
  }

  private open(): Socket {
    const socket = connect({ port: Number(this.url.port), host: this.url.hostname, noDelay: true });
    socket.setEncoding('latin1');
    this.all.add(socket);
    socket.once('close', () => this.all.delete(socket));
    return socket;
  }

  private use(socket: Socket, { bytes, resolve, reject }: Waiting): void {
    let received = '';
    const take = (part: string): void => {
      received += part;
      const answer = readAnswer(received);
      if (answer === undefined) return;
      socket.off('data', take).off('error', reject).off('close', lost);
      const next = this.queue.shift();
      if (next === undefined) this.idle.push(socket);
      else this.use(socket, next);
      resolve(answer);
    };
    const lost = (): void => reject(new Error('the connection was closed'));
    socket.on('data', take).once('error', reject).once('close', lost);
    socket.write(bytes);
  }
}

function readAnswer(text: string): RawAnswer | undefined {
  const end = text.indexOf(HEAD_END);
  if (end < 0) return undefined;
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1] ?? 0);
  const start = end + HEAD_END.length;
  if (text.length < start + length) return undefined;
  const retryAfter = text.slice(0, end).includes('\r\nretry-after: ');
  return {
    status: Number(text.slice(9, 12)),
    headers: retryAfter ? RETRY_AFTER : NONE,
    text: text.slice(start, start + length),
  };
}

const NONE = new Headers();
const RETRY_AFTER = new Headers({ 'retry-after': '1' });
