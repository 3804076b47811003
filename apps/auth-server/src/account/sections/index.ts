import { ApplicationsSection } from './applications.js';
import { ConnectionsSection } from './connections.js';
import { DevicesSection } from './devices.js';
import { EmailSection } from './email.js';
import { PasskeysSection } from './passkeys.js';
import { PasswordSection } from './password.js';
import { ProfileSection } from './profile.js';
import { SecondFactorSection } from './second-factor.js';

/** The one list of what the account page consists of, in its order. */
export const ACCOUNT_SECTIONS = [
  ProfileSection,
  EmailSection,
  PasswordSection,
  PasskeysSection,
  SecondFactorSection,
  ConnectionsSection,
  ApplicationsSection,
  DevicesSection,
] as const;
