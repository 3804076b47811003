import { LdapLogin } from './ldap.js';
import { PasswordLogin } from './password.js';
import { UpstreamLogin } from './upstream.js';

/** The one list of ways to sign in; the login page, dispatch and the configuration derive from it. */
export const LOGIN_METHODS = [PasswordLogin, UpstreamLogin, LdapLogin] as const;

export const LOGIN_METHOD_NAMES: readonly string[] = LOGIN_METHODS.map(({ methodName }) => methodName);
