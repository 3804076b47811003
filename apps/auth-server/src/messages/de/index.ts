import type { en } from '../en/index.js';
import { account } from './account.js';
import { login } from './login.js';
import { passkeys } from './passkeys.js';

/** German. The compiler refuses it when a text is missing. */
export const de: Readonly<Record<keyof typeof en, string>> = { ...account, ...login, ...passkeys };
