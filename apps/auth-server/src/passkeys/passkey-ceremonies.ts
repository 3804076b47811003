import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { Injectable } from '@nestjs/common';
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import type { Passkey } from '@tandem/persistence';
import type { User } from '@tandem/protocol';
import { Issuer } from '../endpoints.js';
import type { PresentedCredential } from './read-credential.js';
import { webAuthn } from './web-authn.js';

/** How long the browser waits for its user, milliseconds (WebAuthn §15.1: 5 to 10 minutes). */
const PATIENCE = 300_000;

/** What the authenticator has made for a new passkey. */
export type NewCredential = Pick<Passkey, 'credentialId' | 'publicKey' | 'counter' | 'transports'>;

/** Whether browsers do WebAuthn for pages at this address: its scope is a domain, which an IP address is not. */
export function canHavePasskeys(issuer: string): boolean {
  const { hostname } = new URL(issuer);
  return isIP(hostname.replace(/^\[(.*)\]$/, '$1')) === 0;
}

/** The two ceremonies, as the issuer: passkeys belong to its host, and only its own pages may use them. */
@Injectable()
export class PasskeyCeremonies {
  private readonly expected: { readonly expectedOrigin: string; readonly expectedRPID: string };

  constructor({ origin }: Issuer) {
    this.expected = { expectedOrigin: origin, expectedRPID: new URL(origin).hostname };
  }

  /** What to ask for a sign-in: no credentials are named, so the authenticator offers those that it has for us. */
  async signInOptions(challenge: string): Promise<PublicKeyCredentialRequestOptionsJSON> {
    const { generateAuthenticationOptions } = await webAuthn();
    return generateAuthenticationOptions({
      rpID: this.expected.expectedRPID,
      challenge: bytesOf(challenge),
      timeout: PATIENCE,
      userVerification: 'required',
    });
  }

  /** What to ask for a new passkey; an authenticator that holds one of the user's already makes no second. */
  async creationOptions(
    { userId, email, claims }: User,
    held: readonly Passkey[],
    challenge: string,
  ): Promise<PublicKeyCredentialCreationOptionsJSON> {
    const { name } = claims;
    const { generateRegistrationOptions } = await webAuthn();
    return generateRegistrationOptions({
      rpName: this.expected.expectedRPID,
      rpID: this.expected.expectedRPID,
      userID: userHandleOf(userId),
      userName: email,
      userDisplayName: typeof name === 'string' ? name : email,
      challenge: bytesOf(challenge),
      timeout: PATIENCE,
      attestationType: 'none',
      excludeCredentials: held.map(({ credentialId, transports }) => ({
        id: credentialId,
        transports: [...transports],
      })),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
  }

  /**
   * The authenticator's count, if this is the passkey's answer to the challenge. It is not compared here: an atomic update
   * does that, once the signature has shown that the count is the authenticator's own.
   */
  async checkSignIn(
    { response }: PresentedCredential<AuthenticationResponseJSON>,
    { credentialId, userId, publicKey }: Passkey,
    expectedChallenge: string,
  ): Promise<number | undefined> {
    // WebAuthn §7.2: nobody was named before, so the authenticator has to say whose credential it is.
    if (response.response.userHandle !== Buffer.from(userHandleOf(userId)).toString('base64url')) return undefined;
    const credential = { id: credentialId, publicKey: new Uint8Array(publicKey), counter: 0 };
    const { verifyAuthenticationResponse } = await webAuthn();
    const check = verifyAuthenticationResponse({ response, expectedChallenge, credential, ...this.expected });
    const checked = await check.catch(refused);
    return checked?.verified === true ? checked.authenticationInfo.newCounter : undefined;
  }

  /** The new credential, if it was made for us, for this challenge, by an authenticator that has verified its user. */
  async checkCreation(
    { response }: PresentedCredential<RegistrationResponseJSON>,
    expectedChallenge: string,
  ): Promise<NewCredential | undefined> {
    const { verifyRegistrationResponse } = await webAuthn();
    const checked = await verifyRegistrationResponse({ response, expectedChallenge, ...this.expected }).catch(refused);
    if (checked?.verified !== true) return undefined;
    const { id, publicKey, counter } = checked.registrationInfo.credential;
    // The id that the browser tells beside the signed one is believed by nobody.
    if (id !== response.id) return undefined;
    return { credentialId: id, publicKey, counter, transports: response.response.transports ?? [] };
  }
}

/** The verifier throws for whatever does not hold, and for bytes that are no WebAuthn. */
const refused = (): undefined => undefined;

const bytesOf = (base64url: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(base64url, 'base64url'));

/** What authenticators keep as the user's id: at most 64 bytes, that say nothing about the user (WebAuthn §14.6.1). */
const userHandleOf = (userId: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(createHash('sha256').update(`passkey user handle|${userId}`).digest());
