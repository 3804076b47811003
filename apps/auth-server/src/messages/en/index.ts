import { account } from './account.js';
import { federation } from './federation.js';
import { login } from './login.js';

/** English, the language that all others are complete against. */
export const en = { ...account, ...federation, ...login } as const;
