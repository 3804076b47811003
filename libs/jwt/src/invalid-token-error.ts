/** Why a token was refused: for logs, metrics and decisions; never sent to a client in this detail. */
const REASONS = {
  malformed: 'the token is not in canonical compact form',
  bad_header: 'the header carries a member that is refused',
  wrong_type: 'the token is of another type',
  wrong_algorithm: 'the algorithm is not the agreed one',
  unknown_key: 'no known key fits the token',
  weak_key: 'the key is refused by the key policy',
  bad_signature: 'the signature does not match',
  expired: 'the token has expired',
  not_yet_valid: 'the token is not valid yet',
  wrong_issuer: 'the token is from another issuer',
  wrong_audience: 'the token is for another audience',
  bad_claims: 'the claims are not what this kind of token carries',
  bad_encryption: 'the token can not be decrypted',
} as const;
export type InvalidTokenReason = keyof typeof REASONS;

/** The one failure of a token. It carries no cause, since JSON and library errors quote what they could not read. */
export class InvalidTokenError extends Error {
  override readonly name = 'InvalidTokenError';

  /** `detail` names a claim or header member of our own tables, never a value out of the token. */
  constructor(
    readonly reason: InvalidTokenReason,
    detail?: string,
  ) {
    super(detail === undefined ? REASONS[reason] : `${REASONS[reason]}: ${detail}`);
  }
}
