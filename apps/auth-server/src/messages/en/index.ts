import { account } from './account.js';
import { accounts } from './accounts.js';
import { consent } from './consent.js';
import { login } from './login.js';
import { pages } from './pages.js';

/** English, the language that all others are complete against. */
export const en = { ...account, ...accounts, ...consent, ...login, ...pages } as const;
