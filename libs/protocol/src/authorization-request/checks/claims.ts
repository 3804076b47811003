import { readClaimsRequest } from '../../claims-request.js';
import type { Check } from './check.js';

/** OIDC Core §5.5, with the bounds of `readClaimsRequest`. */
export const claims: Check = ({ parameters }) => {
  readClaimsRequest(parameters.claims);
};
