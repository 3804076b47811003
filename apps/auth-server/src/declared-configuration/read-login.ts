import { accessSync, constants } from 'node:fs';
import { flag, listOf, oneOf, text, wholeNumber } from '@tandem/protocol';
import type { Reader, Supported } from '@tandem/protocol';
import { SECOND_FACTOR_SETTINGS } from './declared-configuration.js';
import type { LoginSettings, LoginThrottleSettings } from './declared-configuration.js';
import { readConnections } from './read-connections.js';
import { readLdap } from './read-ldap.js';
import { readSettings } from './reading.js';
import type { Report } from './reading.js';

const readableFile: Reader<string> = (value, path, report) => {
  const name = text(value, path, report);
  if (name === undefined) return undefined;
  try {
    accessSync(name, constants.R_OK);
    return name;
  } catch {
    return void report(path, 'names a file that can not be read');
  }
};

/** `login`: which ways to sign in are switched on, in the order of the page, and the second factor. */
export function readLogin(value: unknown, supported: Supported, report: Report): LoginSettings {
  const login = readSettings<LoginSettings>(
    value,
    'login',
    {
      methods: ['methods', listOf(oneOf(supported.loginMethods))],
      connections: ['connections', readConnections],
      ldap: ['ldap', readLdap],
      secondFactor: ['second_factor', oneOf(SECOND_FACTOR_SETTINGS)],
      signUp: ['sign_up', flag],
      breachedPasswordsFile: ['breached_passwords_file', readableFile],
    },
    { methods: ['password'], connections: [], secondFactor: 'optional', signUp: false },
    report,
  );
  if (login.methods.length === 0) report('login.methods', 'must name at least one way to sign in');
  if (login.methods.includes('upstream') && login.connections.length === 0)
    report('login.connections', 'must name at least one provider when `upstream` is switched on');
  if (login.methods.includes('ldap') && login.ldap === undefined)
    report('login.ldap', 'must be there when `ldap` is switched on');
  return login;
}

/** `login_throttle`: how many attempts are looked at. */
export function readLoginThrottle(value: unknown, report: Report): LoginThrottleSettings {
  const read = readSettings<LoginThrottleSettings>(
    value,
    'login_throttle',
    {
      windowSeconds: ['window_seconds', wholeNumber(1, 86_400)],
      attemptsPerAccount: ['attempts_per_account', wholeNumber(1, 10_000)],
      attemptsPerAddress: ['attempts_per_address', wholeNumber(1, 1_000_000)],
      longestWindowSeconds: ['longest_window_seconds', wholeNumber(1, 86_400)],
    },
    { windowSeconds: 60, attemptsPerAccount: 20, attemptsPerAddress: 300, longestWindowSeconds: 900 },
    report,
  );
  return { ...read, longestWindowSeconds: Math.max(read.longestWindowSeconds, read.windowSeconds) };
}
