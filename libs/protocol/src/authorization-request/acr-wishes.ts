import { reachesAcr } from '../authentication-context.js';
import { demandedValues, readClaimsRequest } from '../claims-request.js';
import type { ClaimsRequest } from '../claims-request.js';
import type { Client } from '../model/client.js';
import { words } from '../words.js';
import type { AuthorizationParameters } from './authorization-parameters.js';

/** What a request wants of the strength of its sign-in, in authentication context classes. */
export interface AcrWishes {
  /** Of each list at least one must be reached, or nothing is issued. */
  readonly demanded: readonly (readonly string[])[];
  /** Nice to have, the dearest first. */
  readonly wished: readonly string[];
  /** Names by which the client may be told what was reached, the dearest first: see `acrFor`. */
  readonly names: readonly string[];
}

/**
 * What the operator's `required_acr` and an essential `acr` of the `claims` parameter demand, and what `acr_values`,
 * `default_acr_values` and a voluntary `acr` wish for (OIDC Core §3.1.2.1, §5.5.1.1).
 */
export function acrWishesOf(
  { requiredAcr, defaultAcrValues }: Client,
  acrValues: string | undefined,
  claims: ClaimsRequest | undefined,
): AcrWishes {
  const required = requiredAcr === undefined ? [] : [requiredAcr];
  const demand = claims?.idToken['acr'];
  const named = demandedValues(demand)?.filter((value) => typeof value === 'string');
  const essential = demand?.essential === true && named !== undefined;
  const preferred = acrValues === undefined ? defaultAcrValues : words(acrValues);
  return {
    demanded: [...required.map((acr) => [acr]), ...(essential ? [named] : [])],
    wished: [...(essential ? [] : (named ?? [])), ...preferred],
    // A weaker name than the operator requires would hide from an API that more was reached.
    names: [
      ...(named ?? []),
      ...preferred.filter((name) => required.every((acr) => reachesAcr(name, acr))),
      ...required,
    ],
  };
}

/** As `acrWishesOf`, of a request that waits for its user. */
export const acrWishesOfPending = (client: Client, { acrValues, claims }: AuthorizationParameters): AcrWishes =>
  acrWishesOf(client, acrValues, readClaimsRequest(claims));

/** Whether a sign-in of a class meets everything that is demanded. */
export const meetsDemands = (acr: string, { demanded }: Pick<AcrWishes, 'demanded'>): boolean =>
  demanded.every((values) => values.some((value) => reachesAcr(acr, value)));
