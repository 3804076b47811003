import { readEmailAddress } from './email-address.js';
import { hasMailbox } from './has-mailbox.js';

describe('an e-mail address as it is typed', () => {
  it.each([
    ['alice@example.com', 'alice@example.com'],
    ['  Alice@Example.com ', 'Alice@Example.com'],
    ['ａlice＠example.com', 'alice@example.com'],
    ['gr\u00fc\u00dfe@m\u00fcller.example', 'grüße@müller.example'],
    ['a+tag@localhost', 'a+tag@localhost'],
  ])('accepts %j', (typed, read) => expect(readEmailAddress(typed)).toBe(read));

  it.each([
    '',
    'alice',
    '@example.com',
    'alice@',
    'a b@example.com',
    'a@b@c',
    'alice@example.com,eve@example.com',
    'alice@example.com;eve@example.com',
    'Alice <alice@example.com>',
    'al\u200Bice@example.com',
    'alice@example.com\r\nBcc: eve@example.com',
    '"alice"@example.com',
    `${'a'.repeat(65)}@example.com`,
    `a@${'b'.repeat(320)}`,
  ])('refuses %j', (typed) => expect(readEmailAddress(typed)).toBeUndefined());
});

describe('the mailbox page', () => {
  it.each([
    [true, 'http://localhost:3000/', false],
    [false, 'http://localhost:3000/', true],
    [false, 'http://127.0.0.1:3000/', true],
    [false, 'http://op.localhost:3000/', true],
    // Somebody forgot to say that this is production.
    [false, 'https://id.example.com/', false],
    [false, 'https://localhost.example.com/', false],
  ])('production %s at %s: %s', (production, issuer, there) => expect(hasMailbox({ production, issuer })).toBe(there));
});
