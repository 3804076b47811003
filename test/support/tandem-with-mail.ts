import { demoConfiguration, freePort } from '@tandem/dev';
import { startTandem } from '@tandem/testing';
import type { RunningTandem, TandemOptions } from '@tandem/testing';
import { Client } from 'pg';
import { MailCatcher } from './mail-catcher.js';

/** A Tandem whose mails are caught, and a look into its database. */
export interface TandemWithMail {
  readonly tandem: RunningTandem;
  readonly mailbox: MailCatcher;
  sql<Row>(statement: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  stop(): Promise<void>;
}

/** The demo's system with a `login` block and a mail server. `extra` is more YAML; `mail: false` sends nothing. */
export async function startTandemWithMail({
  login = '{ sign_up: true, methods: [password, email-code] }',
  extra = '',
  mail = true,
  ...options
}: Omit<TandemOptions, 'config' | 'ports'> & {
  readonly login?: string;
  readonly extra?: string;
  readonly mail?: boolean;
} = {}): Promise<TandemWithMail> {
  const mailbox = new MailCatcher();
  const [port] = await Promise.all([freePort(), mailbox.start()]);
  const client = `http://${options.hosts?.sampleClient ?? 'localhost'}:${port}`;
  const server = `mail: { from: Tandem <no-reply@tandem.example>, host: 127.0.0.1, port: ${mailbox.port}, tls: none }`;
  const config = [demoConfiguration(client), `login: ${login}`, ...(mail ? [server] : []), extra].join('\n');
  const tandem = await startTandem({ apps: ['auth-server'], ...options, config, ports: { 'sample-client': port } });
  const database = new Client({ connectionString: tandem.databaseUrl });
  await database.connect();
  return {
    ...{ tandem, mailbox },
    sql: async <Row>(statement: string, values: readonly unknown[] = []) =>
      (await database.query(statement, values as unknown[])).rows as Row[],
    stop: async () => {
      await database.end();
      await Promise.all([tandem.stop(), mailbox.stop()]);
    },
  };
}

/** More mails than the usual limit, for specs that ask one address often. */
export const MANY_MAILS = 'mail_throttle: { mails_per_recipient: 10000, mails_per_address: 10000 }';
