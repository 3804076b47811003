import { account } from './account.js';
import { accounts } from './accounts.js';
import { consent } from './consent.js';
import { federation } from './federation.js';
import { login } from './login.js';
import { mail } from './mail.js';
import { ownDetails } from './own-details.js';
import { pages } from './pages.js';
import { passkeys } from './passkeys.js';
import { secondFactor } from './second-factor.js';
import { signUp } from './sign-up.js';

/** English, the language that all others are complete against. */
export const en = {
  ...account,
  ...accounts,
  ...consent,
  ...federation,
  ...login,
  ...mail,
  ...ownDetails,
  ...pages,
  ...passkeys,
  ...secondFactor,
  ...signUp,
} as const;
