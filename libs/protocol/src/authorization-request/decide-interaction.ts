import { demandedValues } from '../claims-request.js';
import type { Session } from '../model/session.js';
import { OAuthError } from '../oauth-error.js';
import { missing } from '../words.js';
import type { AuthorizationRequest } from './authorization-request.js';

/** What is next for a request: all is there, or the user must act first. */
export type InteractionDecision =
  | { readonly next: 'proceed'; readonly session: Session }
  | { readonly next: 'login' }
  | { readonly next: 'select-account' }
  | { readonly next: 'consent'; readonly session: Session; readonly missingScope: readonly string[] };

/** What is known when the decision is taken. `now` is epoch seconds. */
export interface InteractionFacts {
  readonly request: AuthorizationRequest;
  /** The sign-in that the request is about, see `chooseAccount`. */
  readonly session?: Session;
  /** Several accounts are signed in, or the client wants the user to choose: only the user can say which. */
  readonly mustChoose?: boolean;
  /** The `sub` that this client would see for the session's user: pairwise subjects differ from the user id. */
  readonly subject?: string;
  /** Scopes the user has already allowed this client. */
  readonly consentedScope: readonly string[];
  /** What the user has done for this very request. */
  readonly acted: { readonly loggedInAt?: number; readonly consent?: 'accepted' | 'denied' };
  /** Authentication context classes that a sign-in can reach here. */
  readonly acrSupported: readonly string[];
  readonly now: number;
}

/**
 * Decides from stored state alone, so that no page has to know the next one:
 *
 *     begin ──▶ select-account ──▶ login ──▶ consent ──▶ proceed
 *       └──────────────┴─────────────┴───────────┴──▶ refused (prompt=none, denied, another user than expected)
 *
 * @throws OAuthError what `prompt=none` gets instead of a page (OIDC Core §3.1.2.6), or `access_denied`.
 */
export function decideInteraction(facts: InteractionFacts): InteractionDecision {
  const { request, session, acted } = facts;
  if (acted.consent === 'denied') throw new OAuthError('access_denied', 'the user did not allow the request');
  checkEssentialAcr(facts);
  const silent = request.prompt.includes('none');
  if (facts.mustChoose === true && !wantsFreshSignIn(request)) {
    if (silent) throw new OAuthError('account_selection_required', 'the user must choose an account');
    return { next: 'select-account' };
  }
  if (session === undefined || mustSignIn(facts, session)) {
    if (silent) throw new OAuthError('login_required', 'the user must sign in');
    return { next: 'login' };
  }
  if (!isExpected(facts)) {
    if (silent || acted.loggedInAt !== undefined)
      throw new OAuthError('login_required', 'another user is signed in than the one expected');
    return { next: 'login' };
  }
  const missingScope = scopeToAsk(facts);
  if (missingScope === undefined) return { next: 'proceed', session };
  if (silent) throw new OAuthError('consent_required', 'the user must allow the request');
  return { next: 'consent', session, missingScope };
}

/** A sign-in that happened for this request satisfies every wish for a fresh one. */
function mustSignIn({ request, acted, now }: InteractionFacts, session: Session): boolean {
  if (acted.loggedInAt !== undefined) return false;
  if (wantsFreshSignIn(request)) return true;
  if (request.maxAgeSeconds === undefined) return false;
  // OIDC Core §3.1.2.1: 0 is the same as prompt=login, also within the second of the last sign-in.
  return request.maxAgeSeconds === 0 || now - session.authTime > request.maxAgeSeconds;
}

const wantsFreshSignIn = ({ prompt }: AuthorizationRequest): boolean =>
  prompt.includes('login') || prompt.includes('create');

const isExpected = ({ request, subject }: InteractionFacts): boolean =>
  request.expectedSubject === undefined || request.expectedSubject === subject;

/** Scopes to put before the user; undefined when nothing has to be asked. */
function scopeToAsk({ request, consentedScope, acted }: InteractionFacts): readonly string[] | undefined {
  if (acted.consent === 'accepted') return undefined;
  if (request.prompt.includes('consent')) return request.scope;
  if (request.client.skipConsent) return undefined;
  const lacking = missing(request.scope, consentedScope);
  return lacking.length === 0 ? undefined : lacking;
}

/** OIDC Core §5.5.1.1: an essential `acr` that no sign-in here can reach is a failed authentication. */
function checkEssentialAcr({ request, acrSupported }: InteractionFacts): void {
  const demand = request.claims?.idToken['acr'];
  const values = demandedValues(demand);
  if (demand?.essential !== true || values === undefined) return;
  if (!values.some((value) => typeof value === 'string' && acrSupported.includes(value))) {
    throw new OAuthError('unmet_authentication_requirements', 'no sign-in here reaches the acr that is asked for');
  }
}
