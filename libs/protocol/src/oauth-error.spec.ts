import fc from 'fast-check';
import { ERROR_STATUS, OAuthError, type ErrorCode } from './oauth-error.js';

describe('an OAuth error', () => {
  it('shows a description of the characters that RFC 6749 allows, whatever it was made of', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) =>
        /^[\x20-\x21\x23-\x5B\x5D-\x7E]*$/.test(new OAuthError('invalid_request', text).description),
      ),
    );
  });

  it('shows the status of its code unless told another, and keeps the cause to itself', () => {
    expect(new OAuthError('invalid_client', 'x').status).toBe(401);
    expect(new OAuthError('access_denied', 'x', { status: 403 }).status).toBe(403);
    const error = new OAuthError('invalid_grant', 'x', { cause: new Error('secret') });
    expect(`${error.message} ${error.description}`).not.toContain('secret');
  });

  it('accepts no code without a status of an error', () => {
    for (const code of Object.keys(ERROR_STATUS)) {
      expect(ERROR_STATUS[code as ErrorCode]).toBeGreaterThanOrEqual(400);
      expect(code).toMatch(/^[a-z_]+$/);
    }
  });
});
