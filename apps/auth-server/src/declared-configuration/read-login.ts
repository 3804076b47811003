import { listOf, oneOf, wholeNumber } from '@tandem/protocol';
import type { Supported } from '@tandem/protocol';
import type { LoginSettings, LoginThrottleSettings } from './declared-configuration.js';
import { readSettings } from './reading.js';
import type { Report } from './reading.js';

/** `login`: which ways to sign in are switched on, in the order of the page. */
export function readLogin(value: unknown, supported: Supported, report: Report): LoginSettings {
  const login = readSettings<LoginSettings>(
    value,
    'login',
    { methods: ['methods', listOf(oneOf(supported.loginMethods))] },
    { methods: ['password'] },
    report,
  );
  if (login.methods.length === 0) report('login.methods', 'must name at least one way to sign in');
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
