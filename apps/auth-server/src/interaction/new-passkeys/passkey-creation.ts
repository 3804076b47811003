import { Inject, Injectable } from '@nestjs/common';
import { mailboxOf, PasskeyStore } from '@tandem/persistence';
import type { Passkey } from '@tandem/persistence';
import type { FormParameters, User } from '@tandem/protocol';
import type { DeclaredConfiguration } from '../../declared-configuration/declared-configuration.js';
import { Issuer } from '../../endpoints.js';
import { single } from '../../http/form-parameters.js';
import { Mailer } from '../../mail/mailer.js';
import { textIn } from '../../messages/index.js';
import type { Language } from '../../messages/index.js';
import { PasskeyCeremonies } from '../../passkeys/passkey-ceremonies.js';
import type { NewCredential } from '../../passkeys/passkey-ceremonies.js';
import { PASSKEY_SCRIPT } from '../../passkeys/passkey-script.js';
import { readAttestation } from '../../passkeys/read-credential.js';
import { DECLARED } from '../../tokens.js';
import { Proofs } from '../proofs.js';

const PURPOSE = 'passkey-creation';
const LIFETIME_SECONDS = 600;
const LONGEST_NAME = 64;

/** What the page that asks the browser needs: its template includes `passkey-form`. */
export interface AskedForPasskey {
  readonly model: { readonly options: string; readonly suggested: string };
  readonly script: string;
}

/** How a passkey comes to be: the browser is asked with a challenge, and its answer to that is taken once. */
@Injectable()
export class PasskeyCreation {
  constructor(
    private readonly passkeys: PasskeyStore,
    private readonly ceremonies: PasskeyCeremonies,
    private readonly proofs: Proofs,
    private readonly mailer: Mailer,
    private readonly issuer: Issuer,
    @Inject(DECLARED) private readonly declared: DeclaredConfiguration,
  ) {}

  /** What to ask the browser. The challenge is a one-time token, so that the answer itself brings it back. */
  async ask(user: User, held: readonly Passkey[], language: Language): Promise<AskedForPasskey> {
    const token = await this.proofs.link({
      purpose: PURPOSE,
      userId: user.userId,
      lifetimeSeconds: LIFETIME_SECONDS,
    });
    const options = await this.ceremonies.creationOptions(user, held, encode(token));
    const suggested = textIn(language, 'passkeys.default-name', { number: held.length + 1 });
    return { model: { options: JSON.stringify(options), suggested }, script: PASSKEY_SCRIPT };
  }

  /** Keeps the credential in the form that the browser sent, if this user was asked for it and it holds; tells the user. */
  async keep(user: User, form: FormParameters, language: Language): Promise<'added' | 'full' | 'refused'> {
    // The device has made it already: a name that can't be kept must not part the two.
    const name = nameIn(single(form, 'name')) ?? textIn(language, 'passkeys.unnamed');
    const credential = await this.check(user, single(form, 'credential') ?? '');
    if (credential === undefined) return 'refused';
    const { userId } = user;
    const outcome = await this.passkeys.add({ ...credential, userId, name }, this.declared.passkeys.perUser);
    if (outcome !== 'added') return outcome === 'full' ? 'full' : 'refused';
    await this.tell(user, language, 'added', name);
    return 'added';
  }

  tell(user: User, language: Language, what: 'added' | 'removed', name: string): Promise<void> {
    const values = { name, host: new URL(this.issuer.identifier).host, account: this.issuer.url('account') };
    const mail = { subject: `passkeys.${what}-subject`, text: `passkeys.${what}-mail`, values } as const;
    return this.mailer.send(mailboxOf(user), language, mail);
  }

  private async check({ userId }: User, text: string): Promise<NewCredential | undefined> {
    const presented = await readAttestation(text);
    if (presented === undefined) return undefined;
    const token = Buffer.from(presented.challenge, 'base64url').toString('latin1');
    const asked = await this.proofs.take(PURPOSE, token);
    return asked?.userId === userId ? this.ceremonies.checkCreation(presented, encode(token)) : undefined;
  }
}

/** The name that somebody typed for a passkey, if it is one. */
export function nameIn(text = ''): string | undefined {
  const name = text.trim();
  return name === '' || name.length > LONGEST_NAME ? undefined : name;
}

const encode = (token: string): string => Buffer.from(token, 'latin1').toString('base64url');
