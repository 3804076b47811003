import { readFileSync } from 'node:fs';
import { isLoopbackHost, oneOf, shortText, text, wholeNumber } from '@tandem/protocol';
import type { Reader } from '@tandem/protocol';
import { isEmailAddress } from '../mail/email-address.js';
import { MAIL_TLS } from './declared-configuration.js';
import type { MailSettings, MailThrottleSettings, MailTls } from './declared-configuration.js';
import { readSettings } from './reading.js';
import type { Report } from './reading.js';

/** `mail` as it is written: the server by a URL or by its parts, secrets in place or in files. */
interface WrittenMail {
  readonly from?: string;
  readonly smtpUrl?: string;
  readonly smtpUrlFile?: string;
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
  readonly passwordFile?: string;
  readonly tls?: MailTls;
  readonly ca?: string;
}

/** `a@b.example` or `Name <a@b.example>`. */
const sender: Reader<string> = (value, path, report) => {
  const read = shortText(320)(value, path, report);
  if (read === undefined) return undefined;
  const address = /^[^<>"]*<([^<>]+)>$/.exec(read)?.[1] ?? read;
  return isEmailAddress(address) ? read : void report(path, 'must be an address, or a name with <address>');
};

/** What a file holds, without the line's end. The content is never told. */
const contentOf: Reader<string> = (value, path, report) => {
  const name = text(value, path, report);
  if (name === undefined) return undefined;
  try {
    const content = readFileSync(name, 'utf8').trim();
    return content === '' ? void report(path, 'names a file that is empty') : content;
  } catch {
    return void report(path, 'names a file that can not be read');
  }
};

/** `mail`: the mail server and who the mails are from; undefined when there is none. */
export function readMail(value: unknown, production: boolean, report: Report): MailSettings | undefined {
  if (value === undefined || value === null) return undefined;
  const written = readSettings<WrittenMail>(
    value,
    'mail',
    {
      from: ['from', sender],
      smtpUrl: ['smtp_url', text],
      smtpUrlFile: ['smtp_url_file', contentOf],
      host: ['host', shortText(255)],
      port: ['port', wholeNumber(1, 65_535)],
      user: ['user', shortText(320)],
      password: ['password', text],
      passwordFile: ['password_file', contentOf],
      tls: ['tls', oneOf(MAIL_TLS)],
      ca: ['ca_file', contentOf],
    },
    {},
    report,
  );
  const server = serverOf(written, report);
  if (written.from === undefined) report('mail.from', 'is missing');
  if (server === undefined || written.from === undefined) return undefined;
  const { ca, from } = written;
  const tls = written.tls ?? server.tls ?? (server.port === 465 ? 'implicit' : 'starttls');
  // Mails hold codes and links: what everybody on the way can read is no proof of anything.
  if (production && tls === 'none' && !isLoopbackHost(server.host))
    report('mail.tls', 'can not be none in production, but to this machine');
  const port = server.port ?? (tls === 'implicit' ? 465 : 587);
  return { ...server, from, tls, port, ...(ca === undefined ? {} : { ca }) };
}

type Server = Pick<MailSettings, 'host' | 'user' | 'password'> & { readonly port?: number; readonly tls?: MailTls };

function serverOf(written: WrittenMail, report: Report): Server | undefined {
  const { host, port, user, smtpUrl = written.smtpUrlFile, password = written.passwordFile } = written;
  if ((host === undefined) === (smtpUrl === undefined))
    return void report('mail', 'needs either host or smtp_url (or smtp_url_file)');
  if (smtpUrl !== undefined) return fromUrl(smtpUrl, report);
  return {
    host: host as string,
    ...(port === undefined ? {} : { port }),
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
  };
}

/** `smtp://user:password@host:587` or `smtps://…:465`. It is never repeated, since it may hold a password. */
function fromUrl(smtpUrl: string, report: Report): Server | undefined {
  const url = URL.canParse(smtpUrl) ? new URL(smtpUrl) : undefined;
  if (url === undefined || !['smtp:', 'smtps:'].includes(url.protocol) || url.hostname === '')
    return void report('mail.smtp_url', 'must be like smtp://user:password@host:587');
  return {
    host: url.hostname,
    tls: url.protocol === 'smtps:' ? 'implicit' : 'starttls',
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    ...(url.username === '' ? {} : { user: decodeURIComponent(url.username) }),
    ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
  };
}

/** `mail_throttle`: how many mails may be asked for. */
export function readMailThrottle(value: unknown, report: Report): MailThrottleSettings {
  return readSettings<MailThrottleSettings>(
    value,
    'mail_throttle',
    {
      windowSeconds: ['window_seconds', wholeNumber(1, 86_400)],
      mailsPerRecipient: ['mails_per_recipient', wholeNumber(1, 10_000)],
      mailsPerAddress: ['mails_per_address', wholeNumber(1, 1_000_000)],
    },
    { windowSeconds: 900, mailsPerRecipient: 5, mailsPerAddress: 50 },
    report,
  );
}
