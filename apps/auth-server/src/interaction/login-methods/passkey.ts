import { randomBytes, randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AuditStore, InteractionStore, PasskeyStore, UserStore } from '@tandem/persistence';
import type { Passkey } from '@tandem/persistence';
import type { Interaction } from '@tandem/protocol';
import { single } from '../../http/form-parameters.js';
import { PASSKEY_SCRIPT } from '../../passkeys/passkey-script.js';
import { PasskeyCeremonies } from '../../passkeys/passkey-ceremonies.js';
import { readAssertion } from '../../passkeys/read-credential.js';
import { LoginThrottle } from '../login-throttle.js';
import type { LoginAttempt, LoginContext, LoginMethod, LoginOutcome, LoginPart } from './login-method.js';

/** Pages of one interaction whose challenges count at a time: tabs that show the same request. */
const PAGES = 4;

/** A passkey that the browser or a device holds: it says by itself who the user is. RFC 8176: a key, present and verified. */
@Injectable()
export class PasskeyLogin implements LoginMethod {
  static readonly methodName = 'passkey';
  static readonly acr = 'phr';
  readonly name = PasskeyLogin.methodName;

  constructor(
    private readonly ceremonies: PasskeyCeremonies,
    private readonly passkeys: PasskeyStore,
    private readonly users: UserStore,
    private readonly interactions: InteractionStore,
    private readonly throttle: LoginThrottle,
    private readonly audit: AuditStore,
  ) {}

  /** Every page that is shown has a challenge of its own, which is kept in one of a few places until it is answered. */
  async part({ interaction }: LoginContext): Promise<LoginPart> {
    const place = freePlace(interaction);
    const challenge = randomBytes(32).toString('base64url');
    await this.interactions.keepLoginState(interaction.interactionId, stateName(place), challenge);
    const options = JSON.stringify(await this.ceremonies.signInOptions(challenge));
    return { view: 'passkey', model: { options, place }, script: PASSKEY_SCRIPT };
  }

  async authenticate(attempt: LoginAttempt): Promise<LoginOutcome> {
    const challenge = await this.takeChallenge(attempt);
    const passkey = challenge === undefined ? undefined : await this.prove(attempt, challenge);
    if (passkey !== undefined)
      return { outcome: 'authenticated', authentication: { userId: passkey.userId, amr: ['pop', 'user', 'mfa'] } };
    const problem = challenge === undefined ? 'passkeys.expired' : 'passkeys.refused';
    return (await this.throttle.failed(attempt.http)) ?? { outcome: 'refused', problem };
  }

  /** The challenge of the page that was sent; it is gone before anything is checked, so no answer counts twice. */
  private async takeChallenge({ interaction, form }: LoginAttempt): Promise<string | undefined> {
    const place = Number(single(form, 'place'));
    if (!Number.isInteger(place) || place < 0 || place >= PAGES) return undefined;
    const taken = await this.interactions.takeLoginState(interaction.interactionId, stateName(place));
    return typeof taken === 'string' ? taken : undefined;
  }

  private async prove({ interaction, form }: LoginAttempt, challenge: string): Promise<Passkey | undefined> {
    const presented = await readAssertion(single(form, 'credential') ?? '');
    const passkey = presented && (await this.passkeys.find(presented.response.id));
    if (presented === undefined || passkey === undefined) return undefined;
    const counter = await this.ceremonies.checkSignIn(presented, passkey, challenge);
    if (counter === undefined || (await this.users.find(passkey.userId)) === undefined) return undefined;
    const use = await this.passkeys.use(passkey.credentialId, counter);
    if (use === 'behind') {
      const { userId } = passkey;
      const { clientId } = interaction;
      // A key that was copied: WebAuthn §6.1.1.
      await this.audit.write([
        { type: 'passkey.counter_went_back', userId, clientId, detail: { counter, expected: passkey.counter } },
      ]);
    }
    return use === 'used' ? passkey : undefined;
  }
}

const stateName = (place: number): string => `${PasskeyLogin.methodName}-${place}`;

/** Where no other page's challenge waits; when pages wait everywhere, any of them. */
function freePlace({ loginState }: Interaction): number {
  const places = Array.from({ length: PAGES }, (_, place) => place);
  return places.find((place) => loginState[stateName(place)] === undefined) ?? randomInt(PAGES);
}
