import { randomUUID } from 'node:crypto';
import { demoConfiguration, freePort } from '@tandem/dev';
import { startTandem, TestDirectory } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import pg from 'pg';
import type { BrowserContext } from 'playwright-core';
import { parse } from 'yaml';
import { HandMadeProvider } from '../hand-made-provider.js';
import { MailCatcher } from '../mail-catcher.js';

const APPLICATION = {
  client_secret: 'a-secret-of-no-importance-at-all-1',
  client_uri: 'https://shop.example/',
  policy_uri: 'https://shop.example/privacy',
  tos_uri: 'https://shop.example/terms',
  redirect_uris: ['https://shop.example/callback'],
  response_types: ['code'],
};
/** Applications beside the demo's, which admits every way to sign in: what their pages show follows from them. */
const CLIENTS = [
  { client_id: 'shop', client_name: 'Shop', login_methods: ['password'], logo_uri: 'https://shop.example/logo.svg' },
  { client_id: 'bank', client_name: 'Bank', login_methods: ['password'], required_acr: 'urn:tandem:acr:multi-factor' },
  { client_id: 'vault', client_name: 'Vault', login_methods: ['password', 'passkey'], required_acr: 'phr' },
  { client_id: 'notes', client_name: 'Notes', login_methods: ['email-code'] },
  { client_id: 'intranet', client_name: 'Intranet', login_methods: ['ldap'] },
  {
    client_id: 'archive',
    client_name: 'Research collaboration environment of the universities',
    login_methods: ['password'],
  },
].map((client) => ({ ...APPLICATION, ...client }));

const READER = { dn: 'cn=reader,dc=example', password: 'reads-42', attributes: { cn: 'reader' } };

export const PASSWORD = 'wonderland-42';

/** A Tandem with every way to sign in switched on, and what stands around it. */
export interface ShownSystem {
  readonly tandem: RunningTandem;
  readonly provider: HandMadeProvider;
  readonly mailbox: MailCatcher;
  sql(statement: string, values?: readonly unknown[]): Promise<unknown>;
  /** Has a browser pass for one in which the offer of a passkey was declined: it would stand in the way of other pages. */
  withoutOffer(context: BrowserContext): Promise<void>;
  /** A user who has nothing yet but `PASSWORD`; returns the address. */
  newPerson(name?: string): Promise<string>;
  stop(): Promise<void>;
}

/** `settings` is more configuration, to look at a theme. */
export async function startShownSystem(settings: object = {}): Promise<ShownSystem> {
  const mailbox = new MailCatcher();
  const [provider, directory, port, away] = await Promise.all([
    HandMadeProvider.start(),
    TestDirectory.start({ baseDn: 'dc=example', reader: READER.dn, entries: [READER] }),
    freePort(),
    freePort(),
    mailbox.start(),
  ]);
  const demo = parse(demoConfiguration(`http://localhost:${port}`)) as { readonly clients: readonly object[] };
  const connection = { issuer: provider.issuer, client_id: 'tandem', client_secret: 'a secret of ours' };
  const login = {
    methods: ['password', 'passkey', 'email-code', 'upstream', 'ldap'],
    sign_up: true,
    connections: [
      { ...connection, name: 'company', display_name: 'Company', trust_email_verified: true },
      { ...connection, name: 'university', display_name: 'University' },
      { ...connection, name: 'closed', display_name: 'Closed club', sign_up: false },
      { ...connection, name: 'away', display_name: 'Never there', issuer: `http://localhost:${away}` },
    ],
    ldap: {
      ...{ url: `ldap://localhost:${directory.port}`, base_dn: 'dc=example', display_name: 'Directory' },
      ...{ bind_dn: READER.dn, bind_password: READER.password },
    },
  };
  const config = {
    ...{ ...demo, login, clients: [...demo.clients, ...CLIENTS], dynamic_registration: { open: true } },
    mail: { from: 'Tandem <no-reply@tandem.example>', host: '127.0.0.1', port: mailbox.port, tls: 'none' },
    mail_throttle: { mails_per_recipient: 10_000, mails_per_address: 10_000 },
    login_throttle: { attempts_per_address: 10_000 },
    passkeys: { offer_after_sign_in: true },
    ...settings,
  };
  const tandem = await startTandem({ apps: ['auth-server'], config, ports: { 'sample-client': port } });
  const database = new pg.Client(tandem.databaseUrl);
  await database.connect();
  const sql = (statement: string, values: readonly unknown[] = []): Promise<unknown> =>
    database.query(statement, values as unknown[]);
  return {
    ...{ tandem, provider, mailbox, sql },
    withoutOffer: (context) => context.addCookies([{ name: 'tandem_passkey_later', value: '1', url: tandem.issuer }]),
    newPerson: async (name = 'Dora Explorer') => {
      const email = `${name.toLowerCase().replaceAll(' ', '.')}.${randomUUID().slice(0, 4)}@example.com`;
      await sql(
        `INSERT INTO users (user_id, email, email_key, email_verified, claims, password_hash)
         SELECT 'usr_' || gen_random_uuid(), $1, $1, true, jsonb_build_object('name', $2::text), password_hash
           FROM users WHERE email_key = 'alice@example.com'`,
        [email, name],
      );
      return email;
    },
    stop: async () => {
      await database.end();
      await Promise.all([tandem.stop(), provider.stop(), directory.stop(), mailbox.stop()]);
    },
  };
}
