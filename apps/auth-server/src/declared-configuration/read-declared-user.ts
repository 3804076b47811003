import { whyNotClaim } from '@tandem/protocol';
import type { User } from '@tandem/protocol';
import type { DeclaredUser } from './declared-configuration.js';
import { checkNames, isMapping, isText } from './reading.js';
import type { Mapping, Report } from './reading.js';

/** One member of `users`. */
export function readDeclaredUser(value: Mapping, path: string, production: boolean, report: Report): DeclaredUser {
  checkNames(value, ['user_id', 'email', 'password', 'email_verified', 'claims'], path, report);
  const { user_id: userId, email, password, email_verified: verified = false, claims = {} } = value;
  if (!isText(email) || !/^[^\s@]+@[^\s@]+$/.test(email)) report(`${path}.email`, 'must be an e-mail address');
  if (password !== undefined && (!isText(password) || password.length < 8 || Buffer.byteLength(password) > 512))
    report(`${path}.password`, 'must be 8 to 512 bytes');
  if (production && isText(password) && ['wonderland-42', 'builder-4242'].includes(password))
    report(`${path}.password`, 'is the password of the demo system');
  if (typeof verified !== 'boolean') report(`${path}.email_verified`, 'must be true or false');
  if (!isMapping(claims)) report(`${path}.claims`, 'must be a mapping');
  else
    for (const [name, claim] of Object.entries(claims)) {
      const why = whyNotClaim(name, claim);
      if (why !== undefined) report(`${path}.claims.${name}`, why);
    }
  if (userId !== undefined && (!isText(userId) || !/^[\x21-\x7E]{1,255}$/.test(userId)))
    report(`${path}.user_id`, 'must be 1 to 255 printable ASCII characters');
  return {
    email: String(email),
    emailVerified: verified as boolean,
    claims: (isMapping(claims) ? claims : {}) as User['claims'],
    ...(isText(userId) ? { userId } : {}),
    ...(isText(password) ? { password } : {}),
  };
}
