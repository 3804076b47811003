import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { jest } from '@jest/globals';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { MailSettings } from '../declared-configuration/declared-configuration.js';
import { MailTransport, type Delivery } from './mail-transport.js';

const MAIL = { subject: 'Hello', text: 'A line\n' };

describe('the way to the mail server', () => {
  const servers: SMTPServer[] = [];
  // It warns of the certificate that it brings along, which is the one that nobody vouches for.
  beforeEach(() => void jest.spyOn(console, 'error').mockImplementation(() => undefined));
  afterEach(async () => {
    jest.restoreAllMocks();
    for (const server of servers.splice(0)) await new Promise<void>((resolve) => server.close(() => resolve()));
  });

  /** A server, what it was given, and an attempt to send one mail to it. */
  async function attempt(
    options: SMTPServerOptions,
    settings: Partial<MailSettings>,
    recipient = 'alice@example.com',
  ): Promise<{ readonly delivery: Delivery; readonly envelopes: readonly string[] }> {
    const envelopes: string[] = [];
    const server = new SMTPServer({
      authOptional: true,
      closeTimeout: 100,
      ...options,
      onData: (stream, { envelope }, done) => {
        envelopes.push(...envelope.rcptTo.map(({ address }) => address));
        stream.resume().on('end', () => done());
      },
    });
    servers.push(server);
    server.on('error', () => undefined);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.server.address() as AddressInfo;
    const transport = new MailTransport({
      from: 'no-reply@op.example',
      host: '127.0.0.1',
      port,
      tls: 'none',
      ...settings,
    });
    const delivery = await transport.send('id', recipient, MAIL);
    transport.close();
    return { delivery, envelopes };
  }

  it('sends with a user and a password', async () => {
    const credentials: unknown[] = [];
    const { delivery, envelopes } = await attempt(
      {
        disabledCommands: ['STARTTLS'],
        authOptional: false,
        allowInsecureAuth: true,
        onAuth: ({ username, password }, _session, done) => {
          credentials.push([username, password]);
          done(null, { user: username });
        },
      },
      { user: 'me', password: 's3cret' },
    );
    expect([delivery, envelopes, credentials]).toEqual([
      { outcome: 'sent' },
      ['alice@example.com'],
      [['me', 's3cret']],
    ]);
  });

  it('refuses to send in the clear where TLS is wanted, and to a server whose certificate nobody vouches for', async () => {
    const without = await attempt({ disabledCommands: ['STARTTLS', 'AUTH'] }, { tls: 'starttls' });
    const unknown = await attempt({}, { tls: 'starttls' });
    const implicit = await attempt({ secure: true }, { tls: 'implicit' });
    for (const { delivery, envelopes } of [without, unknown, implicit])
      expect([delivery.outcome, envelopes]).toEqual(['failed', []]);
  });

  it('tells what will never work from what may work later, in codes that name nobody', async () => {
    const refusing = (responseCode: number): SMTPServerOptions => ({
      disabledCommands: ['STARTTLS', 'AUTH'],
      onRcptTo: (_address, _session, done) => done(Object.assign(new Error('alice@example.com'), { responseCode })),
    });
    expect((await attempt(refusing(550), {})).delivery).toEqual({ outcome: 'refused', why: 'EENVELOPE 550' });
    expect((await attempt(refusing(451), {})).delivery).toEqual({ outcome: 'failed', why: 'EENVELOPE 451' });
    const closed = new MailTransport({ from: 'a@op.example', host: '127.0.0.1', port: 1, tls: 'none' });
    expect(await closed.send('id', 'alice@example.com', MAIL)).toEqual({ outcome: 'failed', why: 'ESOCKET' });
  });
});
