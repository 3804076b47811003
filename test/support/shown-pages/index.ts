import { ACCOUNT } from './account.js';
import { BY_MAIL } from './by-mail.js';
import { REQUESTS } from './requests.js';
import { SECOND_FACTOR } from './second-factor.js';
import { SIGN_IN } from './sign-in.js';
import type { ShownPage } from './steps.js';

/**
 * Every page that people see, in the order in which they meet them. Whoever adds a page adds it here. Pages that only pass
 * something on (form_post, web_message, the way back from another provider) are gone before anybody sees them.
 */
export const SHOWN_PAGES: readonly ShownPage[] = [...SIGN_IN, ...SECOND_FACTOR, ...BY_MAIL, ...REQUESTS, ...ACCOUNT];
