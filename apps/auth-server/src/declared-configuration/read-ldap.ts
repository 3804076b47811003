import { flag, isLoopbackHost, shortText, text, wholeNumber } from '@tandem/protocol';
import type { Reader } from '@tandem/protocol';
import { FilterParser } from 'ldapts';
import type { LdapSettings } from './declared-configuration.js';
import { claimNames } from './read-connections.js';
import { textOfFile } from './read-files.js';
import { isMapping, readSettings } from './reading.js';

/** Settings as they are written: the password may stand in a file of its own. */
type Written = LdapSettings & { readonly bindPasswordFile?: string };

const DEFAULTS: Written = {
  url: '',
  baseDn: '',
  displayName: 'LDAP',
  startTls: false,
  userFilter: '(uid={username})',
  idAttribute: 'entryUUID',
  claims: {
    email: 'mail',
    name: 'cn',
    given_name: 'givenName',
    family_name: 'sn',
    preferred_username: 'uid',
  },
  signUp: true,
  trustEmailVerified: true,
  timeoutSeconds: 5,
};

const directoryUrl: Reader<string> = (value, path, report) => {
  const read = text(value, path, report);
  if (read === undefined) return undefined;
  const url = parsed(read);
  if (url === undefined || (url.protocol !== 'ldaps:' && url.protocol !== 'ldap:') || url.hostname === '')
    return void report(path, 'must be an ldaps or ldap URL');
  if (url.username !== '' || !['', '/'].includes(url.pathname) || url.search !== '')
    return void report(path, 'must be scheme, host and port only');
  return read;
};

/** A filter that can be read once a name stands in it. */
const userFilter: Reader<string> = (value, path, report) => {
  const read = text(value, path, report);
  if (read === undefined) return undefined;
  if (!read.includes('{username}')) return void report(path, 'must hold {username}');
  try {
    FilterParser.parseString(read.replaceAll('{username}', 'x'));
    return read;
  } catch {
    return void report(path, 'is no filter as in RFC 4515');
  }
};

/** `login.ldap`: the directory. Passwords only travel encrypted, but for a directory on this machine. */
export const readLdap: Reader<LdapSettings> = (value, path, report) => {
  const written = readSettings<Written>(
    value,
    path,
    {
      url: ['url', directoryUrl],
      startTls: ['start_tls', flag],
      ca: ['ca_file', textOfFile],
      bindDn: ['bind_dn', text],
      bindPassword: ['bind_password', text],
      bindPasswordFile: ['bind_password_file', textOfFile],
      baseDn: ['base_dn', text],
      userFilter: ['user_filter', userFilter],
      idAttribute: ['id_attribute', shortText(100)],
      displayName: ['display_name', shortText(100)],
      claims: ['attributes', claimNames],
      signUp: ['sign_up', flag],
      trustEmailVerified: ['trust_email', flag],
      timeoutSeconds: ['timeout_seconds', wholeNumber(1, 30)],
    },
    DEFAULTS,
    report,
  );
  for (const required of ['url', 'base_dn'])
    if (isMapping(value) && value[required] === undefined) report(`${path}.${required}`, 'is missing');
  const { bindPasswordFile, ...settings } = written;
  const bindPassword = bindPasswordFile ?? written.bindPassword;
  // RFC 4513 §5.1.2: a name without a password is nobody, and would be taken for somebody.
  if ((written.bindDn === undefined) !== (bindPassword === undefined))
    report(`${path}.bind_dn`, 'and bind_password must be given together');
  const url = parsed(written.url);
  if (url?.protocol === 'ldap:' && !written.startTls && !isLoopbackHost(url.hostname))
    report(`${path}.start_tls`, 'must be true for ldap: passwords would travel in the clear');
  if (url?.protocol === 'ldaps:' && written.startTls) report(`${path}.start_tls`, 'is for ldap, not for ldaps');
  return { ...settings, ...(bindPassword === undefined ? {} : { bindPassword }) };
};

function parsed(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined;
}
