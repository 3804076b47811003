import { flag, wholeNumber } from '@tandem/protocol';
import type { PasskeySettings } from './declared-configuration.js';
import { readSettings } from './reading.js';
import type { Report } from './reading.js';

/** `passkeys`: what users may add to their accounts. */
export function readPasskeys(value: unknown, report: Report): PasskeySettings {
  return readSettings<PasskeySettings>(
    value,
    'passkeys',
    { perUser: ['per_user', wholeNumber(1, 100)], offerAfterSignIn: ['offer_after_sign_in', flag] },
    { perUser: 10, offerAfterSignIn: false },
    report,
  );
}
