import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DeclaredConfiguration } from '../declared-configuration/declared-configuration.js';
import { BreachedPasswords } from './breached-passwords.js';
import { PasswordRules } from './password-rules.js';

const EMAIL = 'alice.liddell@example.com';
const folder = mkdtempSync(join(tmpdir(), 'rules-'));
afterAll(() => rmSync(folder, { recursive: true }));

function rules(list?: string): PasswordRules {
  const path = join(folder, 'list.txt');
  if (list !== undefined) writeFileSync(path, list);
  const login = {
    methods: ['password'],
    signUp: false,
    ...(list === undefined ? {} : { breachedPasswordsFile: path }),
  };
  return new PasswordRules(new BreachedPasswords({ login } as unknown as DeclaredConfiguration));
}

describe('a new password', () => {
  it.each([
    ['eight characters', 'x7 Ω,é~1', undefined],
    ['seven characters', 'x7 Ω,é~', 'password.too-short'],
    ['seven characters of two code units each', '😀'.repeat(7), 'password.too-short'],
    ['eight characters only before they are composed', 'e\u0301x7Ω,~1', 'password.too-short'],
    ['128 characters', 'ab1 '.repeat(32), undefined],
    ['129 characters', `${'ab1 '.repeat(32)}x`, 'password.too-long'],
    ['128 characters of 4 bytes', '😀'.repeat(128), undefined],
    ['a control character', 'seven\u0000herons', 'password.too-long'],
    ['the address', 'Alice.Liddell@Example.com', 'password.is-address'],
    ['the name in the address', 'ALICE.LIDDELL', 'password.is-address'],
    ['one of the most common', 'PassWord123', 'password.breached'],
    ['none of them', 'seven quiet herons', undefined],
  ])('of %s: %#', async (_what, password, problem) => {
    expect(await rules().problemOf(password, EMAIL)).toBe(problem);
  });

  it('is refused when it is in the operator’s list of hashes', async () => {
    const hashes = ['seven quiet herons', 'élan vital', 'third'].map((password) =>
      createHash('sha1').update(password.normalize('NFC')).digest('hex').toUpperCase(),
    );
    const strict = rules(
      `${hashes
        .toSorted()
        .map((hash) => `${hash}:12`)
        .join('\r\n')}\r\n`,
    );
    expect(await strict.problemOf('seven quiet herons', EMAIL)).toBe('password.breached');
    expect(await strict.problemOf('élan vital'.normalize('NFD'), EMAIL)).toBe('password.breached');
    expect(await strict.problemOf('eight quiet herons', EMAIL)).toBeUndefined();
  });

  it('is refused when it is in the operator’s list of passwords', async () => {
    const strict = rules('our company name\nseven quiet herons\n');
    expect(await strict.problemOf('seven quiet herons', EMAIL)).toBe('password.breached');
    expect(await strict.problemOf('our company name', EMAIL)).toBe('password.breached');
    expect(await strict.problemOf('Our company name', EMAIL)).toBeUndefined();
  });
});
