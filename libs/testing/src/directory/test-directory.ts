import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { ldapjs, type LdapServer } from './ldapjs.js';

/** An entry; whoever has a password may bind by it. */
export interface DirectoryEntry {
  readonly dn: string;
  readonly password?: string;
  readonly attributes: Readonly<Record<string, string | readonly string[]>>;
}

/** A certificate of the directory and its key, PEM. */
export interface DirectoryCertificate {
  readonly certificate: string;
  readonly key: string;
}

export interface TestDirectoryOptions {
  readonly baseDn: string;
  readonly entries: readonly DirectoryEntry[];
  /** Only this entry may search. */
  readonly reader: string;
  /** Speaks TLS from the start, or after StartTLS. */
  readonly tls?: DirectoryCertificate & { readonly startTls?: boolean };
  readonly port?: number;
}

const START_TLS = '1.3.6.1.4.1.1466.20037';

/** The answer that StartTLS was agreed: an ExtendedResponse with the request's one-byte id (RFC 4511 §4.12). */
export const startTlsAgreed = (request: Buffer): Buffer =>
  Buffer.from([0x30, 0x0c, 0x02, 0x01, request[4] ?? 0, 0x78, 0x07, 0x0a, 0x01, 0x00, 0x04, 0x00, 0x04, 0x00]);

/** An LDAP server of a test's own, on a free port of this machine. It remembers what it was asked. */
export class TestDirectory {
  /** What was asked, as `bind <dn>` and `search <type of filter> <filter>`. Never a password. */
  readonly asked: string[] = [];
  entries: readonly DirectoryEntry[];
  /** Connections that are open. */
  readonly sockets = new Set<Socket>();

  private constructor(
    private readonly options: TestDirectoryOptions,
    private readonly listening: Server,
    private readonly inner?: Server,
  ) {
    this.entries = options.entries;
    listening.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
  }

  static async start(options: TestDirectoryOptions): Promise<TestDirectory> {
    const { tls, port = 0 } = options;
    const plain = tls === undefined || tls.startTls === true;
    const ldap = plain ? ldapjs.createServer() : ldapjs.createServer(tls);
    if (tls?.startTls !== true) {
      const directory = new TestDirectory(options, ldap.server);
      directory.serve(ldap);
      await listen(ldap.server, port);
      return directory;
    }
    await listen(ldap.server, 0);
    const front = createServer((socket) => void upgrade(socket, tls, (ldap.server.address() as AddressInfo).port));
    const directory = new TestDirectory(options, front, ldap.server);
    directory.serve(ldap);
    await listen(front, port);
    return directory;
  }

  get port(): number {
    return (this.listening.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const server of [this.listening, ...(this.inner === undefined ? [] : [this.inner])]) {
      const closed = once(server, 'close');
      server.close();
      for (const socket of this.sockets) socket.destroy();
      await closed;
    }
  }

  private serve(ldap: LdapServer): void {
    const { baseDn, reader } = this.options;
    ldap.bind(baseDn, ({ dn, credentials }, response, next) => {
      const name = canonical(dn.toString());
      this.asked.push(`bind ${name}`);
      const entry = this.entries.find((candidate) => canonical(candidate.dn) === name);
      // As servers do: no password is no proof, but no error either (RFC 4513 §5.1.2).
      if (credentials !== '' && (entry?.password === undefined || entry.password !== credentials))
        return next(new ldapjs.InvalidCredentialsError());
      response.end();
      return next();
    });
    ldap.search(baseDn, ({ filter, sizeLimit, connection }, response, next) => {
      this.asked.push(`search ${filter.type} ${filter.toString()}`);
      if (canonical(connection.ldap.bindDN.toString()) !== canonical(reader))
        return next(new ldapjs.InsufficientAccessRightsError());
      const found = this.entries.filter(({ attributes }) => filter.matches(attributes));
      response.attributes = response.attributes.map((name) => name.toLowerCase());
      for (const { dn, attributes } of found.slice(0, sizeLimit || found.length)) response.send({ dn, attributes });
      if (sizeLimit > 0 && found.length > sizeLimit) return next(new ldapjs.SizeLimitExceededError());
      response.end();
      return next();
    });
  }
}

const canonical = (dn: string): string => dn.toLowerCase().replaceAll(/\s*([,=])\s*/g, '$1');

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
}

/** Answers StartTLS and passes what comes encrypted to the plain server behind; anything else is hung up on. */
async function upgrade(socket: Socket, { certificate, key }: DirectoryCertificate, port: number): Promise<void> {
  socket.on('error', () => socket.destroy());
  const [first] = (await once(socket, 'data')) as [Buffer];
  if (!first.includes(START_TLS)) return void socket.destroy();
  socket.write(startTlsAgreed(first));
  const secured = new TLSSocket(socket, { isServer: true, cert: certificate, key });
  const inside = connect(port, '127.0.0.1');
  for (const one of [secured, inside])
    one.on('error', () => one.destroy()).on('close', () => [secured, inside].forEach((other) => other.destroy()));
  secured.pipe(inside).pipe(secured);
}
