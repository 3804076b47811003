import { account } from './account.js';
import { login } from './login.js';
import { mail } from './mail.js';
import { ownDetails } from './own-details.js';
import { signUp } from './sign-up.js';

/** English, the language that all others are complete against. */
export const en = { ...account, ...login, ...mail, ...ownDetails, ...signUp } as const;
