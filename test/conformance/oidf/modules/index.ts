import { BASIC_MODULES } from './basics.js';
import { DISCOVERY_MODULES } from './discovery.js';
import { KEY_MODULES } from './keys.js';
import { LOGOUT_NOTIFICATION_MODULES } from './logout-notifications.js';
import type { Modules } from './module.js';
import { REDIRECT_URI_MODULES } from './redirect-uris.js';
import { REFRESH_MODULES } from './refresh.js';
import { REGISTRATION_MODULES } from './registration.js';
import { REQUEST_OBJECT_MODULES } from './request-objects.js';
import { REQUEST_MODULES } from './requests.js';
import { RP_INITIATED_LOGOUT_MODULES } from './rp-initiated-logout.js';
import { SESSION_MODULES } from './sessions.js';

/** Every mirrored module, by its name in the suite. */
export const MODULES: Modules = {
  ...BASIC_MODULES,
  ...REQUEST_MODULES,
  ...SESSION_MODULES,
  ...REDIRECT_URI_MODULES,
  ...REQUEST_OBJECT_MODULES,
  ...REFRESH_MODULES,
  ...REGISTRATION_MODULES,
  ...KEY_MODULES,
  ...DISCOVERY_MODULES,
  ...RP_INITIATED_LOGOUT_MODULES,
  ...LOGOUT_NOTIFICATION_MODULES,
};
