import { ACCOUNT } from './account.js';
import { BY_MAIL } from './by-mail.js';
import { REQUESTS } from './requests.js';
import { SECOND_FACTOR } from './second-factor.js';
import { SIGN_IN } from './sign-in.js';
import type { ShownPage } from './steps.js';

/*
 * Every page that people see, in the order in which they meet them. Whoever adds a page adds it here. Pages that only pass
 * something on (form_post, web_message, the way back from another provider) are gone before anybody sees them.
 */

/** Pages on the way to an application. */
export const PAGES_OF_REQUESTS: readonly ShownPage[] = [...SIGN_IN, ...SECOND_FACTOR, ...REQUESTS];
/** Pages of one's own account, and those that a mail leads to. */
export const PAGES_OF_ACCOUNTS: readonly ShownPage[] = [...BY_MAIL, ...ACCOUNT];
