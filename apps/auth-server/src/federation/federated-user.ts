import { isSensible, STANDARD_CLAIMS } from '@tandem/protocol';
import type { ClaimValue } from '@tandem/protocol';
import type { FederatedUser } from '@tandem/persistence';

const LONGEST_VALUE = 2_000;
const ADDRESS = /^[^\s@]{1,64}@[^\s@]{1,255}$/;

/** Standard claims keep their names, but those that only we can say. */
const SAME_NAMES: Readonly<Record<string, string>> = Object.fromEntries(
  STANDARD_CLAIMS.filter((name) => !['updated_at', 'phone_number_verified'].includes(name)).map((name) => [name, name]),
);

/** A value that is fit to be kept; what is not is left out, never shortened. */
function fitting(value: unknown): ClaimValue | undefined {
  if (typeof value === 'string')
    return value !== '' && value.length <= LONGEST_VALUE && isSensible(value) ? value : undefined;
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  // `address` is the one standard claim that has members (OIDC Core §5.1.1).
  const members = Object.entries(value).filter(
    ([, member]) => typeof member === 'string' && fitting(member) !== undefined,
  );
  return members.length === 0 || members.length > 10 ? undefined : (Object.fromEntries(members) as ClaimValue);
}

/** How a provider or directory describes somebody. */
export interface Description {
  readonly claims: Readonly<Record<string, unknown>>;
  /** Our claim ← theirs; standard claims that are not named keep their names. */
  readonly names: Readonly<Record<string, string>>;
  /** Whether they are believed to have verified the address. */
  readonly emailVerified: boolean;
}

/**
 * Whether claims say that the address in them is verified. What is said of `email` says nothing of another claim that is
 * used as the address, unless the operator names the claim that does.
 */
export function saysVerified({ claims, names }: Pick<Description, 'claims' | 'names'>): boolean {
  const name = names['email_verified'] ?? (names['email'] === undefined ? 'email_verified' : undefined);
  const said = name === undefined ? undefined : claims[name];
  return said === true || said === 'true';
}

/** Somebody as another provider describes them, in our claims. Without an address that can be one, `email` is empty. */
export function federatedUser({ claims, names, emailVerified }: Description): FederatedUser {
  const mapped: Record<string, ClaimValue> = {};
  for (const [ours, theirs] of Object.entries({ ...SAME_NAMES, ...names })) {
    const value = Object.hasOwn(claims, theirs) ? fitting(claims[theirs]) : undefined;
    if (value !== undefined && ours !== '__proto__') mapped[ours] = value;
  }
  const { email: address, email_verified: _said, ...rest } = mapped;
  const email = typeof address === 'string' && ADDRESS.test(address) ? address : '';
  return { email, emailVerified: email !== '' && emailVerified, claims: rest };
}
