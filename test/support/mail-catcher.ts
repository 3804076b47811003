import { EventEmitter, once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** A mail as its reader sees it. */
export interface CaughtMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** A mail server that keeps what it gets. It can be stopped, and started again at the same port. */
export class MailCatcher {
  readonly mails: CaughtMail[] = [];
  private readonly arrivals = new EventEmitter();
  private server: SMTPServer | undefined;
  port = 0;

  async start(): Promise<void> {
    this.server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['AUTH', 'STARTTLS'],
      closeTimeout: 1_000,
      onRcptTo: ({ address }, _session, done) =>
        done(address.startsWith('nobody@') ? Object.assign(new Error('no such mailbox'), { responseCode: 550 }) : null),
      onData: (stream, { envelope }, done) => {
        const pieces: Buffer[] = [];
        stream.on('data', (piece: Buffer) => pieces.push(piece));
        stream.on('end', () => {
          const recipients = envelope.rcptTo.map(({ address }) => address).join(' ');
          this.mails.push(read(Buffer.concat(pieces).toString(), recipients));
          this.arrivals.emit('mail');
          done();
        });
      },
    });
    const listening = once(this.server.listen(this.port, '127.0.0.1'), 'listening');
    await listening;
    this.port = (this.server.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server !== undefined) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  /** The next mail to an address that nobody has asked for yet. */
  async next(to: string, seconds = 20): Promise<CaughtMail> {
    const signal = AbortSignal.timeout(seconds * 1_000);
    for (;;) {
      const place = this.mails.findIndex((mail) => mail.to === to);
      if (place >= 0) return this.mails.splice(place, 1)[0] as CaughtMail;
      await once(this.arrivals, 'mail', { signal }).catch(() => {
        throw new Error(
          `no mail to ${to} within ${seconds} s; there are ${this.mails.map((mail) => mail.to).join(', ')}`,
        );
      });
    }
  }
}

export const codeIn = ({ text: body }: CaughtMail): string => /^\d{6}$/m.exec(body)?.[0] ?? '';
export const linkIn = ({ text: body }: CaughtMail): string => /^https?:\/\/\S+$/m.exec(body)?.[0] ?? '';

function read(raw: string, to: string): CaughtMail {
  const [head = '', ...rest] = raw.split('\r\n\r\n');
  const headers = head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n');
  const header = (name: string): string =>
    headers
      .find((line) => line.toLowerCase().startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim() ?? '';
  const body = rest.join('\r\n\r\n');
  const decoded = decode(body, header('content-transfer-encoding').toLowerCase());
  return { to, subject: decodeWords(header('subject')), text: decoded.replaceAll('\r\n', '\n') };
}

function decode(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString();
  return encoding === 'quoted-printable' ? quotedPrintable(body.replaceAll('=\r\n', '')) : body;
}

const quotedPrintable = (encoded: string): string =>
  Buffer.from(
    encoded.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16))),
    'latin1',
  ).toString();

/** RFC 2047. */
const decodeWords = (value: string): string =>
  value
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?([QB])\?([^?]*)\?=/gi, (_, kind: string, encoded: string) =>
      kind.toUpperCase() === 'B'
        ? Buffer.from(encoded, 'base64').toString()
        : quotedPrintable(encoded.replaceAll('_', ' ')),
    );
