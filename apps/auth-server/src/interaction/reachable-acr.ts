import { acrOf, ACR_VALUES, reachesAcr, SECOND_FACTOR_AMR } from '@tandem/protocol';
import type { Client } from '@tandem/protocol';
import type { LoginSettings } from '../declared-configuration/declared-configuration.js';
import { acrOfLoginMethod } from './login-methods/index.js';

/** Authentication context classes that some sign-in can reach by what is switched on, weakest first. */
export function reachableAcr(
  { methods, secondFactor }: LoginSettings,
  { loginMethods }: Pick<Client, 'loginMethods'> = { loginMethods: [] },
): readonly string[] {
  const admitted = methods.filter((name) => loginMethods.length === 0 || loginMethods.includes(name));
  const reached = [
    ...admitted.map(acrOfLoginMethod),
    ...(admitted.length === 0 || secondFactor === 'off' ? [] : [acrOf(SECOND_FACTOR_AMR)]),
  ];
  return ACR_VALUES.filter((wanted) => reached.some((acr) => reachesAcr(acr, wanted)));
}
