import type * as Server from '@simplewebauthn/server';
import type * as Helpers from '@simplewebauthn/server/helpers';

/** Loaded when a passkey is first asked for: with what it needs it is an eighth of all that a start would load. */
export const webAuthn = (): Promise<typeof Server> => import('@simplewebauthn/server');
export const webAuthnHelpers = (): Promise<typeof Helpers> => import('@simplewebauthn/server/helpers');
