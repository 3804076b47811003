import type { Urgency } from '@tandem/web-server';
import { ENDPOINTS } from '../endpoints.js';

/** Applications that are in use stand on these: a token that isn't refreshed becomes another sign-in. */
const FIRST = new Set(
  (['token', 'revocation', 'introspection', 'revocations', 'userinfo'] as const).map((name) => `/${ENDPOINTS[name]}`),
);
/** Answered from memory, and asked by those who decide where requests go. */
const ALWAYS = ['/health/', '/.well-known/'];

/** What goes first when there are more requests than can be answered: token traffic before new sign-ins. */
export const urgencyOf = (path: string): Urgency => {
  if (FIRST.has(path)) return 'first';
  return ALWAYS.some((prefix) => path.startsWith(prefix)) ? 'always' : 'last';
};
