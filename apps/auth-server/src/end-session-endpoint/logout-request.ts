import { InvalidTokenError, TokenVerifier } from '@tandem/jwt';
import { Injectable } from '@nestjs/common';
import { ClientStore } from '@tandem/persistence';
import type { BrowserSignIn, SignIn } from '@tandem/persistence';
import { OAuthError } from '@tandem/protocol';
import type { Client, FormParameters } from '@tandem/protocol';
import { Clock } from '../clock.js';
import { Issuer } from '../endpoints.js';
import { single } from '../http/form-parameters.js';
import { OUR_SIGNING_ALGS, SigningKeys } from '../signing-keys/signing-keys.js';

/** A checked logout request (OIDC RP-Initiated Logout §2). */
export interface LogoutRequest {
  readonly client?: Client;
  /** A registered address; only with a client. */
  readonly returnTo?: string;
  readonly state?: string;
  /** The session that the hint or `logout_hint` names. */
  readonly hintedSid?: string;
  readonly uiLocales?: string;
  /** What came, for the confirmation form to send again. */
  readonly fields: readonly (readonly [string, string])[];
}

const FIELDS = [
  'id_token_hint',
  'logout_hint',
  'post_logout_redirect_uri',
  'client_id',
  'state',
  'ui_locales',
] as const;

/** Reads and checks logout requests: nothing is ended here. */
@Injectable()
export class LogoutRequests {
  constructor(
    private readonly clients: ClientStore,
    private readonly verifier: TokenVerifier,
    private readonly keys: SigningKeys,
    private readonly issuer: Issuer,
    private readonly clock: Clock,
  ) {}

  /** @throws OAuthError for a page: a forged hint, a foreign address. */
  async read(form: FormParameters): Promise<LogoutRequest> {
    const [hint, logoutHint, returnTo, clientId, state, uiLocales] = FIELDS.map((name) => single(form, name));
    const claims = hint === undefined ? undefined : this.verifyHint(hint);
    const audience = claims === undefined ? undefined : [claims.aud].flat()[0];
    if (clientId !== undefined && audience !== undefined && clientId !== audience)
      throw new OAuthError('invalid_request', 'client_id is not the one that the id_token_hint was issued to');
    const client = await this.findClient(clientId ?? (audience as string | undefined));
    if (returnTo !== undefined && client !== undefined && !client.postLogoutRedirectUris.includes(returnTo)) {
      throw new OAuthError('invalid_request', 'post_logout_redirect_uri is not registered for this client');
    }
    const [first] = client?.postLogoutRedirectUris ?? [];
    // Auth0 goes to the first allowed address when the client is named and nothing else is; an ID token names nobody so.
    const next = returnTo ?? (hint === undefined && clientId !== undefined ? first : undefined);
    const hintedSid = (claims?.['sid'] as string | undefined) ?? logoutHint;
    return {
      fields: FIELDS.flatMap((name) => {
        const value = single(form, name);
        return value === undefined ? [] : [[name, value] as const];
      }),
      ...(client === undefined ? {} : { client }),
      ...(client === undefined || next === undefined ? {} : { returnTo: next }),
      ...(state === undefined ? {} : { state }),
      ...(hintedSid === undefined ? {} : { hintedSid }),
      ...(uiLocales === undefined ? {} : { uiLocales }),
    };
  }

  private async findClient(clientId: string | undefined): Promise<Client | undefined> {
    if (clientId === undefined) return undefined;
    const client = await this.clients.find(clientId);
    if (client === undefined) throw new OAuthError('invalid_request', 'client_id is not known here');
    return client;
  }

  /** Expired hints count, unsigned and foreign ones don't. */
  private verifyHint(
    hint: string,
  ): Readonly<Record<string, unknown>> & { readonly aud?: unknown; readonly sub?: unknown } {
    try {
      return this.verifier.verify('id_token_hint', hint, {
        keys: this.keys.jwks(),
        algorithms: OUR_SIGNING_ALGS,
        issuer: this.issuer.identifier,
        now: this.clock.now(),
      }).claims;
    } catch (error) {
      if (error instanceof InvalidTokenError)
        throw new OAuthError('invalid_request', 'id_token_hint is not an ID token of ours');
      throw error;
    }
  }
}

/** Whether the request itself proves that the session's own user meant it, so that no question is needed. */
export const isProven = ({ hintedSid }: LogoutRequest, signIn: SignIn): boolean => hintedSid === signIn.session.sid;

/**
 * Which of the browser's sign-ins a logout is about: the one that it names, else the only one that the client has dealt
 * with, else the active one.
 */
export function sessionMeant(signIns: readonly BrowserSignIn[], hintedSid?: string): BrowserSignIn | undefined {
  const named = signIns.find(({ session }) => session.sid === hintedSid);
  const known = signIns.filter(({ takesPart }) => takesPart);
  return named ?? (known.length === 1 ? known[0] : signIns[0]);
}
