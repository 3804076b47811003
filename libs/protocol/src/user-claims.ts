import type { ClaimsRequest } from './claims-request.js';
import type { ClaimValue, User } from './model/user.js';

/** Scope → claims (OIDC Core §5.4). */
export const CLAIMS_OF_SCOPE = {
  profile: [
    'name',
    'given_name',
    'family_name',
    'middle_name',
    'nickname',
    'preferred_username',
    'profile',
    'picture',
    'website',
    'gender',
    'birthdate',
    'zoneinfo',
    'locale',
    'updated_at',
  ],
  email: ['email', 'email_verified'],
  address: ['address'],
  phone: ['phone_number', 'phone_number_verified'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Scopes that OpenID Connect defines; every other one belongs to an API. */
export const IDENTITY_SCOPES = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access'] as const;
export const isIdentityScope = (scope: string): boolean => (IDENTITY_SCOPES as readonly string[]).includes(scope);

/** Every standard user claim that can be asked for. */
export const STANDARD_CLAIMS: readonly string[] = Object.values(CLAIMS_OF_SCOPE).flat();

const isEmpty = (value: ClaimValue | undefined): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  (typeof value === 'object' && Object.values(value).every((member) => member === null || member === ''));

function claimOf(user: User, name: string): ClaimValue | undefined {
  switch (name) {
    case 'email':
      return user.email;
    case 'email_verified':
      return user.emailVerified;
    case 'updated_at':
      return user.updatedAt;
    default:
      return user.claims[name];
  }
}

function collect(user: User, names: Iterable<string>): Record<string, ClaimValue> {
  const claims: Record<string, ClaimValue> = {};
  for (const name of names) {
    const value = claimOf(user, name);
    // OIDC Core §5.3.2: claims that aren't there are left out, never null or empty.
    if (!isEmpty(value)) claims[name] = value as ClaimValue;
  }
  return claims;
}

/** The user's claims that the scopes name. */
export const claimsOfScopes = (user: User, scopes: readonly string[]): Record<string, ClaimValue> =>
  collect(
    user,
    scopes.flatMap((scope) => (CLAIMS_OF_SCOPE as Readonly<Record<string, readonly string[]>>)[scope] ?? []),
  );

/** The user's claims that the `claims` parameter names for one place. Only user claims: `sub`, `acr`, `auth_time` are set elsewhere. */
export const claimsOfRequest = (
  user: User,
  request: ClaimsRequest | undefined,
  place: 'userinfo' | 'idToken',
): Record<string, ClaimValue> =>
  collect(
    user,
    Object.keys(request?.[place] ?? {}).filter((name) => STANDARD_CLAIMS.includes(name)),
  );
