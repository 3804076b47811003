import { Injectable } from '@nestjs/common';
import { emailKey } from '@tandem/persistence';
import { hasControl } from '@tandem/protocol';
import type { MessageKey } from '../messages/index.js';
import { BreachedPasswords } from './breached-passwords.js';

const MINIMUM_CHARACTERS = 8;
const MAXIMUM_CHARACTERS = 128;
const MAXIMUM_BYTES = 512;

/** What a new password must be (NIST SP 800-63B §3.1.1): long enough, not the address, not known to everybody. */
@Injectable()
export class PasswordRules {
  constructor(private readonly breached: BreachedPasswords) {}

  /** What is wrong with a password for the account of an address; undefined when it will do. */
  async problemOf(password: string, email: string): Promise<MessageKey | undefined> {
    const normal = password.normalize('NFC');
    const characters = Array.from(normal).length;
    if (characters < MINIMUM_CHARACTERS) return 'password.too-short';
    if (characters > MAXIMUM_CHARACTERS || Buffer.byteLength(normal) > MAXIMUM_BYTES || hasControl(normal))
      return 'password.too-long';
    const folded = emailKey(normal);
    const address = emailKey(email);
    if (folded === address || folded === address.split('@', 1)[0]) return 'password.is-address';
    return (await this.breached.includes(normal)) ? 'password.breached' : undefined;
  }
}
