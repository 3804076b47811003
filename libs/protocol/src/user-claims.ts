import type { ClaimsRequest } from './claims-request.js';
import { bestTag } from './language-tags.js';
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

const isBlank = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'string' && value.trim() === '');

/** OIDC Core §5.3.2: what isn't there is left out, never null or empty; so are members of an address. */
function filled(value: ClaimValue | undefined): ClaimValue | undefined {
  if (isBlank(value)) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) return value;
  const members = Object.entries(value as object).filter(([, member]) => !isBlank(member));
  return members.length === 0 ? undefined : (Object.fromEntries(members) as ClaimValue);
}

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

function collect(user: User, names: readonly string[]): Record<string, ClaimValue> {
  const claims: Record<string, ClaimValue> = {};
  for (const name of names) {
    const value = filled(claimOf(user, name));
    if (value !== undefined) claims[name] = value;
  }
  return claims;
}

/** OIDC Core §5.2: beside each claim, the representation of it that serves the wanted languages best, with its tag. */
function withLocalised(user: User, names: readonly string[], locales: readonly string[]): readonly string[] {
  if (locales.length === 0) return names;
  const known = Object.keys(user.claims);
  return names.flatMap((name) => {
    const tags = known.filter((one) => one.startsWith(`${name}#`)).map((one) => one.slice(name.length + 1));
    const best = bestTag(tags, locales);
    return best === undefined ? [name] : [name, `${name}#${best}`];
  });
}

/** The user's claims that the scopes name. */
export const claimsOfScopes = (
  user: User,
  scopes: readonly string[],
  locales: readonly string[] = [],
): Record<string, ClaimValue> => {
  const names = scopes.flatMap(
    (scope) => (CLAIMS_OF_SCOPE as Readonly<Record<string, readonly string[]>>)[scope] ?? [],
  );
  return collect(user, withLocalised(user, names, locales));
};

/**
 * The user's claims that the `claims` parameter names for one place, in one language where a name has a tag. Only user
 * claims: `sub`, `acr`, `auth_time` are set elsewhere.
 */
export const claimsOfRequest = (
  user: User,
  request: ClaimsRequest | undefined,
  place: 'userinfo' | 'idToken',
): Record<string, ClaimValue> => {
  const names = Object.keys(request?.[place] ?? {}).filter((name) =>
    STANDARD_CLAIMS.includes(name.split('#', 1)[0] as string),
  );
  return collect(user, withLocalised(user, names, request?.locales ?? []));
};
