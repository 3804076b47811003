import { PasskeyLogin } from './passkey.js';
import { PasswordLogin } from './password.js';

/** The one list of ways to sign in; the login page, dispatch and the configuration derive from it. */
export const LOGIN_METHODS = [PasswordLogin, PasskeyLogin] as const;

export const LOGIN_METHOD_NAMES: readonly string[] = LOGIN_METHODS.map(({ methodName }) => methodName);
