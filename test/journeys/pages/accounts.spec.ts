import { PAGES_OF_ACCOUNTS } from '../../support/shown-pages/index.js';
import { lookAtPages } from '../../support/shown-pages/look-at-pages.js';

lookAtPages(PAGES_OF_ACCOUNTS);
