import { account } from './account.js';
import { login } from './login.js';
import { secondFactor } from './second-factor.js';

/** English, the language that all others are complete against. */
export const en = { ...account, ...login, ...secondFactor } as const;
