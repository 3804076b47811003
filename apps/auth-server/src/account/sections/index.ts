import { ApplicationsSection } from './applications.js';
import { DevicesSection } from './devices.js';
import { EmailSection } from './email.js';
import { PasswordSection } from './password.js';
import { ProfileSection } from './profile.js';

/** The one list of what the account page consists of, in its order. */
export const ACCOUNT_SECTIONS = [
  ApplicationsSection,
  DevicesSection,
  ProfileSection,
  EmailSection,
  PasswordSection,
] as const;
