import { createHash } from 'node:crypto';
import { pageHeaders } from './page-policy.js';

const policyOf = (needs?: Parameters<typeof pageHeaders>[0]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (pageHeaders(needs)['content-security-policy'] as string)
      .split('; ')
      .map((directive) => directive.split(/ (.*)/s, 2)),
  ) as Record<string, string>;

describe('page headers', () => {
  it('refuse caches, referrers, sniffing, frames and scripts unless told otherwise', () => {
    expect(pageHeaders()).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
    expect(policyOf()).toMatchObject({
      'default-src': "'none'",
      'script-src': "'none'",
      'form-action': "'self'",
      'frame-ancestors': "'none'",
      'base-uri': "'none'",
    });
  });

  it('accepts a script by its hash, never by unsafe-inline', () => {
    const hash = createHash('sha256').update('go()').digest('base64');
    expect(policyOf({ scripts: ['go()'] })['script-src']).toBe(`'sha256-${hash}'`);
  });

  it('accepts the origin where a form’s redirect ends', () => {
    expect(policyOf({ formTargets: ['https://rp.example'] })['form-action']).toBe("'self' https://rp.example");
  });

  it('accepts frames where they are named, and drops the header that would forbid them', () => {
    const needs = { frames: ['https://op.example'], frameAncestors: 'https://op.example' };
    expect(policyOf(needs)).toMatchObject({
      'frame-src': 'https://op.example',
      'frame-ancestors': 'https://op.example',
    });
    expect(pageHeaders(needs)).not.toHaveProperty('x-frame-options');
  });
});
