import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readMail } from './read-mail.js';

const folder = mkdtempSync(join(tmpdir(), 'read-mail-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

function read(value: unknown, production = true): { readonly mail: unknown; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const mail = readMail(value, production, (path, why) => problems.push(`${path}: ${why}`));
  return { mail, problems };
}

const from = 'Tandem <no-reply@op.example>';

describe('the mail server', () => {
  it('accepts a URL, with and without its secrets in a file', () => {
    const expected = { from, host: 'smtp.example', port: 587, tls: 'starttls', user: 'me@example', password: 'p@ss' };
    const url = 'smtp://me%40example:p%40ss@smtp.example';
    expect(read({ from, smtp_url: url }).mail).toEqual(expected);
    expect(read({ from, smtp_url_file: file('url', `${url}\n`) }).mail).toEqual(expected);
    expect(read({ from, smtp_url: 'smtps://smtp.example' }).mail).toEqual({
      ...{ from, host: 'smtp.example', port: 465, tls: 'implicit' },
    });
  });

  it('accepts its parts', () => {
    const parts = { from, host: 'smtp.example', user: 'me', password_file: file('password', 's3cret\n') };
    expect(read(parts).mail).toEqual({
      ...{ from, host: 'smtp.example', port: 587, tls: 'starttls', user: 'me', password: 's3cret' },
    });
    expect(read({ ...parts, port: 465 }).mail).toMatchObject({ port: 465, tls: 'implicit' });
    expect(read({ from, host: '127.0.0.1', port: 25, tls: 'none' }).problems).toEqual([]);
    expect(read(undefined)).toEqual({ mail: undefined, problems: [] });
  });

  it.each([
    ['no sender', { host: 'smtp.example' }, 'mail.from: is missing'],
    ['a sender that is none', { from: 'somebody', host: 'smtp.example' }, 'mail.from: must be an address'],
    ['no server', { from }, 'mail: needs either host or smtp_url'],
    ['two servers', { from, host: 'a', smtp_url: 'smtp://b' }, 'mail: needs either host or smtp_url'],
    ['an odd URL', { from, smtp_url: 'http://smtp.example' }, 'mail.smtp_url: must be like'],
    ['mail in the clear', { from, host: 'smtp.example', tls: 'none' }, 'mail.tls: can not be none in production'],
    ['a file that is not there', { from, host: 'a', password_file: '/nowhere/at/all' }, 'mail.password_file: names'],
    ['an unknown setting', { from, host: 'a', colour: 'red' }, 'mail.colour: is not a known setting'],
    ['no mapping', 'smtp://b', 'mail: must be a mapping'],
  ])('refuses %s', (_what, value, problem) => {
    expect(read(value).problems.join('\n')).toContain(problem);
  });

  it('tells no secret in a problem', () => {
    const secret = 'canary-9314';
    const values = [
      { from, smtp_url: `gopher://me:${secret}@x` },
      { from, smtp_url_file: file('bad', `nonsense ${secret}`) },
      { from, host: 'smtp.example', tls: secret, password: secret },
      { from, host: 'smtp.example', password: 7 },
    ];
    for (const value of values) {
      const { problems } = read(value);
      expect(problems.length).toBeGreaterThan(0);
      expect(problems.join('\n')).not.toContain(secret);
    }
  });
});
