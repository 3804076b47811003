import { createHmac } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { Issuer } from '../endpoints.js';
import { refusalOf } from '../refusal.spec-support.js';
import type { ServerSecrets } from '../signing-keys/server-secrets.js';
import { CsrfTokens } from './csrf-tokens.js';

const secrets = {
  mac: (name: string, value: string) => createHmac('sha256', `key of ${name}`).update(value).digest(),
} as ServerSecrets;
const tokens = new CsrfTokens(secrets, new Issuer('https://op.example/'));

const check = (
  csrf: string | readonly string[] | undefined,
  headers: FastifyRequest['headers'] = {},
): string | undefined =>
  refusalOf(() =>
    tokens.check(
      { headers } as FastifyRequest,
      new Map(csrf === undefined ? [] : [['csrf', [csrf].flat()]]),
      'browser',
      'login:in_1',
    ),
  );
const good = tokens.issue('browser', 'login:in_1');
const FORBIDDEN = '403 access_denied';

describe('a CSRF token', () => {
  it('accepts the one issued to this browser for this form', () => {
    expect(check(good)).toBeUndefined();
  });

  it.each([
    ['none', undefined],
    ['an empty one', ''],
    ['a shortened one', good.slice(0, -1)],
    ['a longer one', `${good}A`],
    ['that of another browser', tokens.issue('other', 'login:in_1')],
    ['that of another form', tokens.issue('browser', 'consent:in_1')],
    ['that of another interaction', tokens.issue('browser', 'login:in_2')],
  ])('refuses %s', (_what, csrf) => {
    expect(check(csrf)).toBe(FORBIDDEN);
  });

  it('refuses one that was sent twice', () => {
    expect(check([good, good])).toBe('400 invalid_request');
  });
});

describe('the sender of a form', () => {
  it.each([
    [{ 'sec-fetch-site': 'same-origin' }],
    [{ 'sec-fetch-site': 'same-origin', origin: 'null' }],
    [{ 'sec-fetch-site': 'none' }],
    [{ origin: 'https://op.example' }],
  ])('accepts %j', (headers) => {
    expect(check(good, headers)).toBeUndefined();
  });

  it.each([
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ 'sec-fetch-site': 'cross-site', origin: 'https://op.example' }],
    [{ origin: 'https://evil.example' }],
    [{ origin: 'http://op.example' }],
    [{ origin: 'https://op.example.evil.example' }],
  ])('refuses %j even with the right token', (headers) => {
    expect(check(good, headers)).toBe(FORBIDDEN);
  });
});
