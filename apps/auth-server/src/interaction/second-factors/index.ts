import { RecoveryCodeFactor } from './recovery-code.js';
import { TotpFactor } from './totp.js';

/** The one list of second factors, in the order in which the page shows those that a user has. */
export const SECOND_FACTORS = [TotpFactor, RecoveryCodeFactor] as const;
