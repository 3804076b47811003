import type { AuthorizationRequest } from './authorization-request.js';

/** What the user chose on the page of accounts instead of one of them. */
export const ANOTHER_ACCOUNT = 'another';

/** A live sign-in of the browser as far as choosing needs to know it. */
export interface AccountFacts {
  readonly sid: string;
  /** The `sub` that this client would see. */
  readonly subject: string;
  /** Whether `login_hint` is the account's address. */
  readonly hinted: boolean;
  /** Whether this sign-in has given this client something before. */
  readonly takesPart: boolean;
}

/** Whom a request is about: one of the accounts, nobody who is signed in, or only the user can say. */
export type AccountChoice = { readonly sid: string } | 'nobody' | 'ask';

/**
 * Chooses among the accounts of a browser. What the user chose for this very request comes first, then what the client
 * says it expects, then whom the client has dealt with in this browser. It never guesses: a client must not be handed
 * another account than the one its user has in mind.
 */
export function chooseAccount(
  request: Pick<AuthorizationRequest, 'prompt' | 'expectedSubjects'>,
  accounts: readonly AccountFacts[],
  chosen?: string,
): AccountChoice {
  if (accounts.length === 0 || chosen === ANOTHER_ACCOUNT) return 'nobody';
  const picked = accounts.find(({ sid }) => sid === chosen);
  if (picked !== undefined) return { sid: picked.sid };
  // Whoever signs in anew says by that who they are.
  const asked = request.prompt.includes('select_account') && !request.prompt.some((word) => FRESH.has(word));
  if (asked) return 'ask';
  const { expectedSubjects } = request;
  if (expectedSubjects !== undefined) {
    const expected = accounts.filter(({ subject }) => expectedSubjects.includes(subject));
    return only(expected, expected.length === 0 ? 'nobody' : 'ask');
  }
  const [first] = accounts;
  if (accounts.length === 1 && first !== undefined) return { sid: first.sid };
  const hinted = accounts.filter((account) => account.hinted);
  return only(hinted.length > 0 ? hinted : accounts.filter(({ takesPart }) => takesPart), 'ask');
}

const FRESH: ReadonlySet<string> = new Set(['login', 'create']);

const only = (accounts: readonly AccountFacts[], otherwise: 'nobody' | 'ask'): AccountChoice =>
  accounts.length === 1 ? { sid: (accounts[0] as AccountFacts).sid } : otherwise;
