import { acrOf, reachesAcr, SECOND_FACTOR_AMR } from '../authentication-context.js';
import type { Session } from '../model/session.js';
import { OAuthError } from '../oauth-error.js';
import { missing } from '../words.js';
import { meetsDemands } from './acr-wishes.js';
import type { AcrWishes } from './acr-wishes.js';
import type { AuthorizationRequest } from './authorization-request.js';

/** What is next for a request: all is there, or the user must act first. */
export type InteractionDecision =
  | { readonly next: 'proceed'; readonly session: Session }
  | { readonly next: 'login' }
  /** Who is signed in counts; one more factor is asked for. */
  | { readonly next: 'second-factor' }
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
  /** The class that the operator demands of every sign-in. */
  readonly acrRequired?: string;
  /** Whether the session's user has a second factor that can be asked for. */
  readonly hasSecondFactor: boolean;
  readonly now: number;
}

/**
 * Decides from stored state alone, so that no page has to know the next one:
 *
 *     begin ──▶ select-account ──▶ login ──▶ second-factor ──▶ consent ──▶ proceed
 *       └──────────────┴─────────────┴─────────────┴──────────────┴──▶ refused (prompt=none, denied, another user than expected)
 *
 * @throws OAuthError what `prompt=none` gets instead of a page (OIDC Core §3.1.2.6), or `access_denied`.
 */
export function decideInteraction(facts: InteractionFacts): InteractionDecision {
  const { request, session, acted } = facts;
  if (acted.consent === 'denied') throw new OAuthError('access_denied', 'the user did not allow the request');
  checkReachable(facts);
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
  const stepUp = stepUpFor(facts, session, silent);
  if (stepUp !== undefined) {
    if (silent) throw new OAuthError(SILENT_REFUSALS[stepUp], 'the user must sign in with another factor');
    return { next: stepUp };
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
  request.expectedSubjects === undefined || request.expectedSubjects.includes(subject);

/** Scopes to put before the user; undefined when nothing has to be asked. */
function scopeToAsk({ request, consentedScope, acted }: InteractionFacts): readonly string[] | undefined {
  if (acted.consent === 'accepted') return undefined;
  if (request.prompt.includes('consent')) return request.scope;
  if (request.client.skipConsent) return undefined;
  const lacking = missing(request.scope, consentedScope);
  return lacking.length === 0 ? undefined : lacking;
}

/** OIDC Core §3.1.2.6: what `prompt=none` gets instead of the page. */
const SILENT_REFUSALS = { login: 'login_required', 'second-factor': 'interaction_required' } as const;

const wishesOf = ({ request, acrRequired }: InteractionFacts): AcrWishes =>
  acrRequired === undefined ? request.acr : { ...request.acr, demanded: [[acrRequired], ...request.acr.demanded] };

/**
 * What brings a session to the strength that is wanted. A demand is met or nothing is issued: by the second factor alone
 * where that is enough, else by a new sign-in, which is also where somebody without one can set it up. A wish is put only
 * to users who can grant it, and never in the way of `prompt=none`.
 */
function stepUpFor(
  facts: InteractionFacts,
  { acr, amr }: Session,
  silent: boolean,
): 'login' | 'second-factor' | undefined {
  const wishes = wishesOf(facts);
  const stepped = acrOf([...amr, ...SECOND_FACTOR_AMR]);
  if (!meetsDemands(acr, wishes))
    return facts.hasSecondFactor && meetsDemands(stepped, wishes) ? 'second-factor' : 'login';
  if (silent || !facts.hasSecondFactor) return undefined;
  const dearest = wishes.wished.find((wanted) => reachesAcr(stepped, wanted));
  return dearest === undefined || reachesAcr(acr, dearest) ? undefined : 'second-factor';
}

/** OIDC Core §5.5.1.1: a demanded `acr` that no sign-in here can reach is a failed authentication. */
function checkReachable({ request, acrSupported }: InteractionFacts): void {
  if (!request.acr.demanded.every((values) => values.some((value) => acrSupported.includes(value))))
    throw new OAuthError('unmet_authentication_requirements', 'no sign-in here reaches the acr that is asked for');
}
