import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ServerSecrets } from '../../signing-keys/server-secrets.js';

const CODES = 10;
const CHARACTERS = 10;
/** Without letters and digits that are taken for one another on paper. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Makes recovery codes and their keyed hashes: a stolen database lets nobody try them out. */
@Injectable()
export class RecoveryCodes {
  constructor(private readonly secrets: ServerSecrets) {}

  /** Ten codes to show once, each of 49 random bits. */
  make(): readonly string[] {
    return Array.from({ length: CODES }, () => {
      const code = Array.from({ length: CHARACTERS }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
      return `${code.slice(0, CHARACTERS / 2)}-${code.slice(CHARACTERS / 2)}`;
    });
  }

  /** Spaces, hyphens and capitals that people type don't matter. */
  hash(userId: string, typed: string): Buffer {
    return this.secrets.mac('proof', `recovery|${userId}|${typed.replaceAll(/[\s-]/g, '').toLowerCase()}`);
  }
}
