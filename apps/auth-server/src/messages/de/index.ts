import type { en } from '../en/index.js';
import { account } from './account.js';
import { federation } from './federation.js';
import { login } from './login.js';
import { secondFactor } from './second-factor.js';

/** German. The compiler refuses it when a text is missing. */
export const de: Readonly<Record<keyof typeof en, string>> = { ...account, ...federation, ...login, ...secondFactor };
