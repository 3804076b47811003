import { account } from './account.js';
import { federation } from './federation.js';
import { login } from './login.js';
import { secondFactor } from './second-factor.js';

/** English, the language that all others are complete against. */
export const en = { ...account, ...federation, ...login, ...secondFactor } as const;
