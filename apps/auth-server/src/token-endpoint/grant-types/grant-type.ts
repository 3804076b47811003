import type { AuthenticatedClient, FormParameters } from '@tandem/protocol';
import type { Redemption } from '../../token-issuance/token-issuer.js';

/** A way to redeem a grant at the token endpoint. It proves the grant and nothing else: the endpoint owns the shared steps. */
export interface GrantType {
  /** Its wire value in `grant_type`. */
  readonly name: string;
  /**
   * Proves the grant and says what it entitles to.
   *
   * @throws OAuthError of RFC 6749 §5.2.
   */
  redeem(client: AuthenticatedClient, form: FormParameters): Promise<Redemption>;
}
