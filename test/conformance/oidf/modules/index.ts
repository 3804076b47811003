import { BASIC_MODULES } from './basics.js';
import type { Modules } from './module.js';
import { REDIRECT_URI_MODULES } from './redirect-uris.js';
import { REFRESH_MODULES } from './refresh.js';
import { REQUEST_OBJECT_MODULES } from './request-objects.js';
import { REQUEST_MODULES } from './requests.js';
import { SESSION_MODULES } from './sessions.js';

/** Every mirrored module of the flows, by its name in the suite. */
export const MODULES: Modules = {
  ...BASIC_MODULES,
  ...REQUEST_MODULES,
  ...SESSION_MODULES,
  ...REDIRECT_URI_MODULES,
  ...REQUEST_OBJECT_MODULES,
  ...REFRESH_MODULES,
};
