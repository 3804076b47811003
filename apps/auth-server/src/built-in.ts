import type { Api, Client } from '@tandem/protocol';
import { DEFAULT_CLIENT_METADATA } from '@tandem/protocol';
import { ENDPOINTS } from './endpoints.js';

/** The API that grants are seen and ended through; clients may ask for it when their `audiences` name it. */
export const grantManagementApi = (issuer: string): Api => ({
  identifier: `${issuer}${ENDPOINTS.grantManagement}`,
  name: 'Connected applications',
  scopes: {
    grant_management_query: 'See what you have allowed applications',
    grant_management_revoke: 'Take back what you have allowed applications',
  },
  accessTokenLifetimeSeconds: 300,
  allowOfflineAccess: false,
  signingAlg: 'RS256',
});

/** The client id of our own account pages, which sign in like any application. */
export const ACCOUNT_CLIENT_ID = 'tandem-account';

/** The account pages as a client. It has no secret, so its codes can't be redeemed: the session is all it is after. */
export const accountClient = (issuer: string): Client => ({
  ...DEFAULT_CLIENT_METADATA,
  clientId: ACCOUNT_CLIENT_ID,
  secrets: [],
  origin: 'declared',
  clientName: { '': 'Your account' },
  redirectUris: [`${issuer}${ENDPOINTS.accountCallback}`],
  skipConsent: true,
  idTokenProfileClaims: false,
});
