import { CLAIMS_OF_SCOPE } from './user-claims.js';

const FLAGS = ['email_verified', 'phone_number_verified'];
const DATE = /^(?:\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])|\d{4})$/;

const isText = (value: unknown): boolean => typeof value === 'string';

/**
 * Why a value can't be this standard claim of a user, or undefined when it can (OIDC Core §5.1). Null is a claim that isn't
 * there; a tag of a language behind the name changes nothing; other claims may be anything.
 */
export function whyNotClaim(taggedName: string, value: unknown): string | undefined {
  const name = taggedName.split('#', 1)[0] as string;
  if (value === null) return undefined;
  if (name === 'email' || name === 'email_verified' || name === 'updated_at') return 'is kept beside the claims';
  if (FLAGS.includes(name)) return typeof value === 'boolean' ? undefined : 'must be true or false';
  if (name === 'birthdate')
    return isText(value) && DATE.test(value as string)
      ? undefined
      : 'must be YYYY-MM-DD, 0000-MM-DD or YYYY, in quotes';
  if (name === 'address') {
    const isMapping = typeof value === 'object' && !Array.isArray(value);
    return isMapping && Object.values(value as object).every(isText) ? undefined : 'must be a mapping of texts';
  }
  const isStandard = ([...CLAIMS_OF_SCOPE.profile, ...CLAIMS_OF_SCOPE.phone] as readonly string[]).includes(name);
  return isStandard && !isText(value) ? 'must be a text' : undefined;
}
