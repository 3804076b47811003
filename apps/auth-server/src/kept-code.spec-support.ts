import { randomBytes } from 'node:crypto';
import { GrantStore } from '@tandem/persistence';
import { storedHash } from '@tandem/protocol';
import type { AuthorizationCode, Grant } from '@tandem/protocol';
import type { RunningApp } from './running-app.spec-support.js';
import { newOpaqueValue } from './token-issuance/opaque-value.js';

export const CALLBACK = 'https://rp.example/cb';

/** Keeps a grant with a code for it, as the authorization endpoint does, but without its way through sign-in and consent. */
export async function keepCode(
  { app }: RunningApp,
  changes: Pick<Grant, 'userId' | 'scope' | 'audience'> & Partial<Grant>,
  bound: Partial<AuthorizationCode> = {},
): Promise<{ readonly code: string; readonly grant: Grant }> {
  const grant: Grant = {
    ...{ grantId: `gr_${randomBytes(16).toString('base64url')}`, clientId: 'web', sid: 'sid' },
    ...{ authTime: 1_700_000_000, acr: 'urn:tandem:acr:single-factor', amr: ['pwd'] },
    ...changes,
  };
  const { grantId, clientId } = grant;
  const value = newOpaqueValue('code');
  const code = { grantId, clientId, redirectUri: CALLBACK, redirectUriSent: true, ...bound };
  const kept = { code, codeHash: storedHash(value), lifetimeSeconds: 60 };
  await app.get(GrantStore).keep(grant, 3_600, { code: kept });
  return { code: value, grant };
}
