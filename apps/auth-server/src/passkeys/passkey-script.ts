import { readScript } from '../pages/pages.js';

/** The one script of both ceremonies; its form on the page says which one, and what to ask the browser. */
export const PASSKEY_SCRIPT = readScript('passkey.js');
