import type { en } from '../en/index.js';
import { account } from './account.js';
import { accounts } from './accounts.js';
import { consent } from './consent.js';
import { login } from './login.js';
import { pages } from './pages.js';

/** German. The compiler refuses it when a text is missing. */
export const de: Readonly<Record<keyof typeof en, string>> = {
  ...account,
  ...accounts,
  ...consent,
  ...login,
  ...pages,
};
