import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { Database } from '@tandem/persistence';
import { LANGUAGES } from '../messages/index.js';
import { startApp, type RunningApp } from '../running-app.spec-support.js';
import { Mailer } from './mailer.js';

const MAIL = { subject: 'mail.password-changed.subject', text: 'mail.password-changed.text' } as const;

describe('mail that is written', () => {
  let running: RunningApp;
  /** A mail server that takes every connection and never says a word. */
  const connections: Socket[] = [];
  const silent = createServer((socket) => connections.push(socket));
  beforeAll(async () => {
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    running = await startApp(`mail: { from: no-reply@op.example, host: 127.0.0.1, port: ${port}, tls: none }`);
  });
  afterAll(async () => {
    await running.close();
    for (const socket of connections) socket.destroy();
    silent.close();
  });

  const rows = (statement: string): Promise<readonly Record<string, unknown>[]> =>
    running.app.get(Database).dataSource.query(statement);
  async function eventually(statement: string, seconds: number): Promise<readonly Record<string, unknown>[]> {
    for (const deadline = performance.now() + seconds * 1_000; performance.now() < deadline;) {
      const found = await rows(statement);
      if (found.length > 0) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return [];
  }

  it('is given up, and told to the operator, when what it says is good no more', async () => {
    const values = { email: 'a@example.com' };
    await running.app.get(Mailer).send('a@example.com', LANGUAGES[0], { ...MAIL, values, lifetimeSeconds: -1 });
    const events = await eventually(`SELECT detail FROM audit_events WHERE type = 'mail.given_up'`, 10);
    expect(events).toEqual([{ detail: { attempts: 1, why: 'too late' } }]);
  });

  it('is dropped when nobody is to get it', async () => {
    await running.app.get(Mailer).send(undefined, LANGUAGES[0], { ...MAIL, values: { email: 'x' } });
    expect(await eventually('SELECT 1 FROM (SELECT count(*) AS n FROM mails) c WHERE n = 0', 10)).toHaveLength(1);
  });

  it('waits sealed, and a mail server that says nothing holds it up for some seconds only', async () => {
    await running.app.get(Mailer).send('b@example.com', LANGUAGES[0], { ...MAIL, values: { email: 'b@example.com' } });
    const [waiting] = await rows('SELECT sealed, recipient FROM mails');
    expect(String(waiting?.['sealed'])).not.toContain('password');
    const put = `SELECT attempts FROM mails WHERE due_at BETWEEN clock_timestamp() + interval '1 second' AND clock_timestamp() + interval '11 seconds'`;
    expect(await eventually(put, 15)).toEqual([{ attempts: 1 }]);
  });

  it('is shown on no page of a server with a public name', async () => {
    expect((await fetch(`${running.url}/mailbox`)).status).toBe(404);
  });
});
