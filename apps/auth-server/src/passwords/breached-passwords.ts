import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Inject, Injectable } from '@nestjs/common';
import type { DeclaredConfiguration } from '../declared-configuration/declared-configuration.js';
import { DECLARED } from '../tokens.js';
import { COMMON_PASSWORDS } from './common-passwords.js';
import { holdsHash, isHashLine } from './hash-list.js';

/** Of a list of plain passwords so many are kept in memory; longer lists come as hashes. */
const MAXIMUM_PLAIN = 1_000_000;

/** Passwords that are known to everybody who tries passwords: the most common ones, and the operator's list. */
@Injectable()
export class BreachedPasswords {
  private readonly path: string | undefined;
  private readonly common: ReadonlySet<string> = new Set(COMMON_PASSWORDS);
  private plain: Promise<ReadonlySet<string> | undefined> | undefined;

  constructor(@Inject(DECLARED) { login }: DeclaredConfiguration) {
    this.path = login.breachedPasswordsFile;
  }

  async includes(password: string): Promise<boolean> {
    if (this.common.has(password.toLowerCase())) return true;
    if (this.path === undefined) return false;
    this.plain ??= readPlain(this.path);
    const plain = await this.plain;
    if (plain !== undefined) return plain.has(password);
    return holdsHash(this.path, createHash('sha1').update(password).digest('hex').toUpperCase());
  }
}

/** The passwords of a plain list; undefined when the file is one of hashes. */
async function readPlain(path: string): Promise<ReadonlySet<string> | undefined> {
  const passwords = new Set<string>();
  const input = createReadStream(path, 'utf8');
  try {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      if (passwords.size === 0 && isHashLine(line)) return undefined;
      if (line !== '' && passwords.size < MAXIMUM_PLAIN) passwords.add(line.normalize('NFC'));
    }
    return passwords;
  } finally {
    input.destroy();
  }
}
