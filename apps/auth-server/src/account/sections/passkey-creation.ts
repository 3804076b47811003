import { Injectable } from '@nestjs/common';
import type { Passkey } from '@tandem/persistence';
import type { User } from '@tandem/protocol';
import { Proofs } from '../../interaction/proofs.js';
import { textIn } from '../../messages/index.js';
import type { Language } from '../../messages/index.js';
import { PasskeyCeremonies } from '../../passkeys/passkey-ceremonies.js';
import type { NewCredential } from '../../passkeys/passkey-ceremonies.js';
import { PASSKEY_SCRIPT } from '../../passkeys/passkey-script.js';
import { readAttestation } from '../../passkeys/read-credential.js';
import type { AccountPart } from '../account-section.js';

const PURPOSE = 'passkey-creation';
const LIFETIME_SECONDS = 600;

/** How a passkey comes to be: the browser is asked with a challenge, and its answer to that is taken once. */
@Injectable()
export class PasskeyCreation {
  constructor(
    private readonly ceremonies: PasskeyCeremonies,
    private readonly proofs: Proofs,
  ) {}

  /** The page that asks the browser. The challenge is a one-time token, so that the answer itself brings it back. */
  async page(user: User, held: readonly Passkey[], language: Language): Promise<AccountPart> {
    const token = await this.proofs.link({
      purpose: PURPOSE,
      userId: user.userId,
      lifetimeSeconds: LIFETIME_SECONDS,
    });
    const options = await this.ceremonies.creationOptions(user, held, encode(token));
    const suggested = textIn(language, 'passkeys.default-name', { number: held.length + 1 });
    return {
      view: 'new-passkey',
      model: { options: JSON.stringify(options), suggested },
      script: PASSKEY_SCRIPT,
    };
  }

  /** The credential in the browser's answer, if this user was asked for it and it holds. */
  async check({ userId }: User, text: string): Promise<NewCredential | undefined> {
    const presented = readAttestation(text);
    if (presented === undefined) return undefined;
    const token = Buffer.from(presented.challenge, 'base64url').toString('latin1');
    const asked = await this.proofs.take(PURPOSE, token);
    return asked?.userId === userId ? this.ceremonies.checkCreation(presented, encode(token)) : undefined;
  }
}

const encode = (token: string): string => Buffer.from(token, 'latin1').toString('base64url');
