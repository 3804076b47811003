import { demandedValues, readClaimsRequest } from '../claims-request.js';
import type { ClaimsRequest } from '../claims-request.js';
import { partsOf, readResponseType } from '../response-type.js';
import type { ResponseType } from '../response-type.js';
import { isIdentityScope } from '../user-claims.js';
import { words } from '../words.js';
import { acrWishesOf } from './acr-wishes.js';
import type { AuthorizationRequest, GrantManagementAction, Prompt } from './authorization-request.js';
import type { CheckInput } from './checks/check.js';
import { AUTHORIZATION_CHECKS } from './checks/index.js';

/**
 * Runs every check in order and freezes the proven request.
 *
 * @throws OAuthError of the first check that does not hold.
 */
export function checkAuthorizationRequest(input: CheckInput): AuthorizationRequest {
  for (const check of AUTHORIZATION_CHECKS) check(input);
  const { parameters, client, returnAddress, apis } = input;
  const responseType = readResponseType(parameters.responseType ?? '') as ResponseType;
  const claims = readClaimsRequest(parameters.claims, parameters.claimsLocales);
  const asked = words(parameters.scope);
  const scope = asked.filter((word) => mayBeGranted(word, input, responseType));
  const maxAgeSeconds = parameters.maxAge === undefined ? client.defaultMaxAge : Number(parameters.maxAge);
  const expectedSubjects = subjectsExpected(input, claims);
  return Object.freeze({
    client,
    returnAddress,
    responseType,
    parts: partsOf(responseType),
    scope,
    scopeNarrowed: scope.length < asked.length,
    apis,
    prompt: words(parameters.prompt) as readonly Prompt[],
    acr: acrWishesOf(client, parameters.acrValues, claims),
    uiLocales: words(parameters.uiLocales),
    ...(parameters.nonce === undefined ? {} : { nonce: parameters.nonce }),
    ...(parameters.codeChallenge === undefined ? {} : { codeChallenge: parameters.codeChallenge }),
    ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
    ...(claims === undefined ? {} : { claims }),
    ...(parameters.loginHint === undefined ? {} : { loginHint: parameters.loginHint }),
    ...(parameters.connection === undefined ? {} : { connection: parameters.connection }),
    ...(expectedSubjects === undefined ? {} : { expectedSubjects }),
    ...grantManagementOf(input),
  });
}

/** Identity scopes always; an API's scopes with its audience; `offline_access` only where a refresh token can be issued. */
function mayBeGranted(word: string, { client, apis }: CheckInput, responseType: ResponseType): boolean {
  if (word === 'offline_access') {
    const allowed = apis.every((api) => api.allowOfflineAccess);
    return allowed && partsOf(responseType).includes('code') && client.grantTypes.includes('refresh_token');
  }
  return isIdentityScope(word) || apis.some((api) => Object.hasOwn(api.scopes, word));
}

/** Who satisfies every wish for a certain user; nobody may be left (OIDC Core §5.5.1). */
function subjectsExpected({ hint }: CheckInput, claims: ClaimsRequest | undefined): readonly unknown[] | undefined {
  const wishes = [
    typeof hint === 'object' ? [hint.sub] : undefined,
    demandedValues(claims?.idToken['sub']),
    demandedValues(claims?.userinfo['sub']),
  ].filter((wish) => wish !== undefined);
  return wishes.length === 0 ? undefined : wishes.reduce((left, wish) => left.filter((sub) => wish.includes(sub)));
}

function grantManagementOf({ parameters }: CheckInput): Pick<AuthorizationRequest, 'grantManagement'> {
  if (parameters.grantManagementAction === undefined) return {};
  const action = parameters.grantManagementAction as GrantManagementAction;
  return { grantManagement: parameters.grantId === undefined ? { action } : { action, grantId: parameters.grantId } };
}
