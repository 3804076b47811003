import { acrOf } from '@tandem/protocol';
import { LdapLogin } from './ldap.js';
import { EmailCodeLogin } from './email-code.js';
import { PasskeyLogin } from './passkey.js';
import { PasswordLogin } from './password.js';
import { UpstreamLogin } from './upstream.js';

/** The one list of ways to sign in; the login page, dispatch and the configuration derive from it. */
export const LOGIN_METHODS = [PasswordLogin, PasskeyLogin, EmailCodeLogin, UpstreamLogin, LdapLogin] as const;

export const LOGIN_METHOD_NAMES: readonly string[] = LOGIN_METHODS.map(({ methodName }) => methodName);

/** What the class of a method says of it: `acr` where a sign-in by it alone is more than a single factor. */
interface LoginMethodClass {
  readonly methodName: string;
  readonly acr?: string;
}

/** Authentication context class of a sign-in by a method alone. */
export const acrOfLoginMethod = (name: string): string =>
  (LOGIN_METHODS as readonly LoginMethodClass[]).find(({ methodName }) => methodName === name)?.acr ?? acrOf([]);
