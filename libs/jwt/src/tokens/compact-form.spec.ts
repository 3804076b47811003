import { segment } from '../forge.spec-support.js';
import { claims, es, reason, rs, signer } from './access-token.spec-support.js';

describe('the form of a token (J5, D6)', () => {
  const lastOf = (token: string): string => token.slice(-1);
  const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

  it('refuses every other spelling of a good token', () => {
    const token = signer.sign('access_token', claims, rs);
    expect(reason(token)).toBe('accepted');
    // 256 bytes leave four unused bits in the last character: fifteen more spellings that libraries accept
    const last = ALPHABET.indexOf(lastOf(token));
    for (let unused = 1; unused < 16; unused += 1) {
      expect(reason(token.slice(0, -1) + ALPHABET[last ^ unused])).toBe('malformed');
    }
    for (const other of [
      `${token}=`,
      `${token}==`,
      ` ${token}`,
      `${token}\n`,
      `${token}.`,
      `.${token}`,
      `${token}\0`,
    ]) {
      expect(reason(other)).toBe('malformed');
    }
    const withBoth = Array.from({ length: 50 }, (_, i) => signer.sign('access_token', { ...claims, i }, rs)).find(
      (one) => /[-_]/.test(one.split('.')[2] ?? ''),
    );
    expect(reason((withBoth ?? '').replaceAll('-', '+').replaceAll('_', '/'))).toBe('malformed');
  });

  it.each([
    '',
    'a.b.c',
    '{}',
    '..',
    '.....',
    'a.b',
    'e30.e30.',
    '.e30.e30',
    'e30..e30',
    '.'.repeat(100_000),
    'A'.repeat(100_000),
    `e30.e30.${'A'.repeat(16_384)}`,
    'bnVsbA.bnVsbA.bnVsbA',
    'W10.W10.W10',
    '_w._w._w',
  ])('refuses %#, which is no token, with our own error (J9, T63)', (garbage) => {
    expect(reason(garbage)).toBe('malformed');
  });

  it('refuses what is no string', () => {
    for (const value of [undefined, null, 7, {}, ['a']]) expect(reason(value as never)).toBe('malformed');
  });

  it('refuses signatures of a wrong length with our own error', () => {
    const input = signer.sign('access_token', claims, es).split('.').slice(0, 2).join('.');
    for (const length of [1, 63, 65, 128]) {
      const token = `${input}.${segment(Buffer.alloc(length, 1))}`;
      expect(reason(token, { algorithms: ['ES256'] })).toBe('bad_signature');
    }
  });
});
