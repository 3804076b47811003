import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Where a statement is stopped: before PostgreSQL sees it, or when it is committed and its answer is on the way back. */
export type Halt = 'before' | 'after';

interface Wanted {
  readonly statement: string;
  readonly halt: Halt;
  readonly reached: () => void;
}

const READY_FOR_QUERY = 'Z';

/**
 * A way to PostgreSQL that can stop one prepared statement at a known step. Whoever sent it may then be killed there, without
 * any code for it in the product. Reads as much of PostgreSQL's protocol as that takes; connections must be without TLS.
 */
export class StatementGate {
  private readonly sockets = new Set<Socket>();
  private wanted: Wanted | undefined;
  /** What was held back on the way to the client. */
  private passOn: (() => void) | undefined;

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {}

  static async start(target: string): Promise<StatementGate> {
    const server = createServer();
    const gate = new StatementGate(server, new URL(target));
    server.on('connection', (near) => gate.take(near));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return gate;
  }

  /** The same database through the gate. */
  get url(): string {
    const url = new URL(this.target);
    [url.hostname, url.port] = ['127.0.0.1', String((this.server.address() as AddressInfo).port)];
    return url.href;
  }

  /** Stops the next execution of a statement, by its name. Resolves when it is there. */
  halt(statement: string, halt: Halt): Promise<void> {
    return new Promise((reached) => {
      this.wanted = { statement, halt, reached };
    });
  }

  /** Lets the answer go that is held back. */
  release(): void {
    this.passOn?.();
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private take(near: Socket): void {
    const far = connect(Number(this.target.port), this.target.hostname);
    this.pair(near, far);
    this.pair(far, near);
    let isStarted = false;
    let isHeld = false;
    let answers: ((part: Buffer) => void) | undefined;
    const requests = new Messages();
    near.on('data', (part) => {
      for (const message of requests.take(part, () => isStarted)) {
        const wanted = isStarted && statementOf(message) === this.wanted?.statement ? this.wanted : undefined;
        isStarted = true;
        if (wanted !== undefined) this.wanted = undefined;
        if (wanted?.halt === 'before') isHeld = true;
        if (wanted?.halt === 'after') answers = this.answersOf(near, wanted.reached);
        if (isHeld) wanted?.reached();
        else far.write(message);
      }
    });
    far.on('data', (part) => {
      if (answers === undefined) near.write(part);
      else answers(part);
    });
  }

  /** Keeps what the server says from here on, and tells when it has said everything. */
  private answersOf(near: Socket, reached: () => void): (part: Buffer) => void {
    const messages = new Messages();
    const kept: Buffer[] = [];
    this.passOn = () => void near.write(Buffer.concat(kept));
    return (part) => {
      for (const message of messages.take(part)) {
        kept.push(message);
        if (typeOf(message) === READY_FOR_QUERY) reached();
      }
    };
  }

  private pair(one: Socket, other: Socket): void {
    this.sockets.add(one);
    one.on('error', () => undefined);
    one.on('close', () => {
      this.sockets.delete(one);
      other.destroy();
    });
  }
}

/** Cuts a stream into messages: a type, which a client's first one lacks, and a length. */
class Messages {
  private rest: Buffer = Buffer.alloc(0);

  *take(part: Buffer, hasType: () => boolean = () => true): Generator<Buffer> {
    this.rest = Buffer.concat([this.rest, part]);
    for (;;) {
      const type = hasType() ? 1 : 0;
      if (this.rest.length < type + 4) return;
      const length = type + this.rest.readUInt32BE(type);
      if (this.rest.length < length) return;
      const message = this.rest.subarray(0, length);
      this.rest = this.rest.subarray(length);
      yield message;
    }
  }
}

const typeOf = (message: Buffer): string => message.toString('latin1', 0, 1);

/** The prepared statement that a Bind message is for: after the name of the portal. */
function statementOf(message: Buffer): string | undefined {
  if (typeOf(message) !== 'B') return undefined;
  const portalEnd = message.indexOf(0, 5);
  return message.toString('latin1', portalEnd + 1, message.indexOf(0, portalEnd + 1));
}
