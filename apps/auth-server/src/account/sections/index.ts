import { ApplicationsSection } from './applications.js';
import { DevicesSection } from './devices.js';
import { PasskeysSection } from './passkeys.js';

/** The one list of what the account page consists of, in its order. */
export const ACCOUNT_SECTIONS = [ApplicationsSection, DevicesSection, PasskeysSection] as const;
