import { ApplicationsSection } from './applications.js';
import { DevicesSection } from './devices.js';
import { SecondFactorSection } from './second-factor.js';

/** The one list of what the account page consists of, in its order. */
export const ACCOUNT_SECTIONS = [ApplicationsSection, SecondFactorSection, DevicesSection] as const;
