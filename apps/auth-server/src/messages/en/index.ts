import { account } from './account.js';
import { login } from './login.js';

/** English, the language that all others are complete against. */
export const en = { ...account, ...login } as const;
