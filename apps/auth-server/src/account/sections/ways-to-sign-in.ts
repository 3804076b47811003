import type { WaysToSignIn } from '@tandem/persistence';
import type { DeclaredConfiguration } from '../../declared-configuration/declared-configuration.js';

/** What counts when somebody takes a way to sign in away: only what is switched on can still let them in. */
export function waysToSignIn({ login: { methods, connections } }: DeclaredConfiguration): WaysToSignIn {
  const upstream = methods.includes('upstream') ? connections.map(({ name }) => name) : [];
  return { methods, connections: methods.includes('ldap') ? [...upstream, 'ldap'] : upstream };
}
