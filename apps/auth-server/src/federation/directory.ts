import { randomUUID } from 'node:crypto';
import { connect, isIP } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import type { FederatedUser } from '@tandem/persistence';
import { Client, Filter, ResultCodeError, SizeLimitExceededError } from 'ldapts';
import type { Entry } from 'ldapts';
import type { DeclaredConfiguration, LdapSettings } from '../declared-configuration/declared-configuration.js';
import { DECLARED } from '../tokens.js';
import { federatedUser } from './federated-user.js';

/** The directory can't be asked, or doesn't answer as one: nothing was found out about the password. */
export class DirectoryUnavailable extends Error {
  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = 'DirectoryUnavailable';
  }
}

/** An entry whose password was right. */
export interface DirectoryUser {
  readonly subject: string;
  readonly user: FederatedUser;
}

/** Attributes that are bytes: Active Directory's ids. */
const BINARY = ['objectGUID', 'objectSid'];

/** The operator's directory (RFC 4511). Each sign-in has a connection of its own, closed at its end: a bind is the connection's. */
@Injectable()
export class Directory {
  constructor(@Inject(DECLARED) private readonly declared: DeclaredConfiguration) {}

  get settings(): LdapSettings {
    const { ldap } = this.declared.login;
    if (ldap === undefined) throw new Error('the directory is not configured');
    return ldap;
  }

  /**
   * The entry of a name, if the password is its own.
   *
   * @throws DirectoryUnavailable
   */
  async authenticate(username: string, password: string): Promise<DirectoryUser | undefined> {
    // RFC 4513 §5.1.2: a bind without a password succeeds and proves nothing.
    if (password === '') return undefined;
    const client = this.client();
    const { timeoutSeconds } = this.settings;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new DirectoryUnavailable('the directory is too slow')), timeoutSeconds * 1_000);
    });
    try {
      return await Promise.race([this.ask(client, username, password), late]);
    } catch (cause) {
      if (cause instanceof DirectoryUnavailable) throw cause;
      throw new DirectoryUnavailable('the directory can not be asked', { cause });
    } finally {
      clearTimeout(timer);
      await client.unbind().catch(() => undefined);
    }
  }

  private async ask(client: Client, username: string, password: string): Promise<DirectoryUser | undefined> {
    await this.connect(client);
    const entry = await this.find(client, username);
    // The same work for nobody: a bind as an entry that is not there.
    const isRight = await fits(client, entry?.dn ?? `cn=${randomUUID()},${this.settings.baseDn}`, password);
    return isRight && entry !== undefined ? this.userOf(entry) : undefined;
  }

  private client(): Client {
    const { url, timeoutSeconds } = this.settings;
    const milliseconds = timeoutSeconds * 1_000;
    return new Client({
      url,
      timeout: milliseconds,
      connectTimeout: milliseconds,
      createConnection: once(connect),
      ...(url.startsWith('ldaps:') ? { tlsOptions: this.tlsOptions() } : {}),
    });
  }

  private async connect(client: Client): Promise<void> {
    const { startTls, bindDn, bindPassword } = this.settings;
    if (startTls) await client.startTLS(this.tlsOptions());
    if (bindDn !== undefined) await client.bind(bindDn, bindPassword);
  }

  private tlsOptions() {
    const { ca, url } = this.settings;
    const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
    const name = isIP(host) === 0 ? { servername: host } : {};
    return { minVersion: 'TLSv1.2' as const, host, ...name, ...(ca === undefined ? {} : { ca }) };
  }

  /** The one entry of a name; several would mean that the filter doesn't tell people apart, and then nobody is meant. */
  private async find(client: Client, username: string): Promise<Entry | undefined> {
    const { baseDn, userFilter, idAttribute, claims, timeoutSeconds } = this.settings;
    const search = client.search(baseDn, {
      scope: 'sub',
      // As a function, since a text would have its `$&` filled in.
      filter: userFilter.replaceAll('{username}', () => Filter.escape(username)),
      attributes: [...new Set([idAttribute, ...Object.values(claims)])].filter((name) => name !== 'dn'),
      explicitBufferAttributes: BINARY,
      sizeLimit: 2,
      timeLimit: timeoutSeconds,
    });
    try {
      const { searchEntries } = await search;
      return searchEntries.length === 1 ? searchEntries[0] : undefined;
    } catch (error) {
      if (error instanceof SizeLimitExceededError) return undefined;
      throw error;
    }
  }

  private userOf(entry: Entry): DirectoryUser {
    const { claims, idAttribute, trustEmailVerified } = this.settings;
    // RFC 4512 §2.5: names of attributes have no case, and servers answer in any.
    const values = Object.fromEntries(
      Object.entries(entry).map(([name, value]) => [name.toLowerCase(), textOf(value)]),
    );
    const names = Object.fromEntries(Object.entries(claims).map(([ours, theirs]) => [ours, theirs.toLowerCase()]));
    const subject = idAttribute === 'dn' ? entry.dn.toLowerCase() : values[idAttribute.toLowerCase()];
    if (subject === undefined || subject === '') throw new DirectoryUnavailable('the entry has no id attribute');
    return { subject, user: federatedUser({ claims: values, names, emailVerified: trustEmailVerified }) };
  }
}

/**
 * The library connects anew when a connection was closed, and would then send the password before StartTLS: the second
 * connection is refused.
 */
function once(open: typeof connect): typeof connect {
  let opened = false;
  return ((...address: Parameters<typeof connect>) => {
    if (opened) throw new DirectoryUnavailable('the directory closed the connection');
    opened = true;
    return open(...address);
  }) as typeof connect;
}

/** Result codes (RFC 4511 §A.1) that are an answer about this entry: wrong password, locked, expired, no such entry. */
const REFUSALS = [19, 32, 48, 49, 50, 53];

/** Whether a directory accepts the password for the entry. */
async function fits(client: Client, dn: string, password: string): Promise<boolean> {
  try {
    await client.bind(dn, password);
    return true;
  } catch (error) {
    if (error instanceof ResultCodeError && REFUSALS.includes(error.code)) return false;
    throw error;
  }
}

/** The first value of an attribute as text: bytes as hexadecimal digits. */
function textOf(value: Entry[string] | undefined): string | undefined {
  const first: Buffer | string | undefined = Array.isArray(value) ? value[0] : value;
  return Buffer.isBuffer(first) ? first.toString('hex') : first;
}
