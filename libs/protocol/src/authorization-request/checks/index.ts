import { audience } from './audience.js';
import type { Check } from './check.js';
import { claims } from './claims.js';
import { grantManagement } from './grant-management.js';
import { idTokenHint } from './id-token-hint.js';
import { lengths } from './lengths.js';
import { maxAge } from './max-age.js';
import { nonce } from './nonce.js';
import { pkce } from './pkce.js';
import { prompt } from './prompt.js';
import { repetition } from './repetition.js';
import { responseMode } from './response-mode.js';
import { responseType } from './response-type.js';
import { scope } from './scope.js';

/** The one list of checks, in the order in which they run: the first refusal is the answer. */
export const AUTHORIZATION_CHECKS: readonly Check[] = [
  repetition,
  lengths,
  responseType,
  responseMode,
  audience,
  scope,
  nonce,
  pkce,
  prompt,
  maxAge,
  claims,
  idTokenHint,
  grantManagement,
];
