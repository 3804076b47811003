import { account } from './account.js';
import { login } from './login.js';
import { passkeys } from './passkeys.js';

/** English, the language that all others are complete against. */
export const en = { ...account, ...login, ...passkeys } as const;
