import { encryptToken, TokenSigner } from '@tandem/jwt';
import type { EncryptionAlg, EncryptionEnc } from '@tandem/jwt';
import { Injectable } from '@nestjs/common';
import { claimsOfRequest, claimsOfScopes, halfHash, OAuthError } from '@tandem/protocol';
import type { Client, Grant, User } from '@tandem/protocol';
import { ClientKeys } from '../client-authentication/client-keys.js';
import { Clock } from '../clock.js';
import { Issuer } from '../endpoints.js';
import { SigningKeys } from '../signing-keys/signing-keys.js';
import type { Channel } from './access-token.js';

/** What an ID token is made of besides the grant. */
export interface IdTokenContents {
  readonly grant: Grant;
  readonly client: Client;
  readonly user: User;
  readonly subject: string;
  readonly scope: readonly string[];
  readonly nonce?: string;
  readonly channel: Channel;
  /** Whether claims of the scopes go in: see `idTokenCarriesProfile`. */
  readonly withProfile: boolean;
  /** Issued beside it in the same response: their hashes bind them (OIDC Core §3.3.2.11). */
  readonly code?: string;
  readonly accessToken?: string;
}

const LIFETIME_SECONDS: Readonly<Record<Channel, number>> = { front: 300, back: 36_000 };

/**
 * Whether the claims of the scopes stand in an ID token: always when it is all there is (OIDC Core §5.4); else as the
 * client's setting says, but never in a URL, where histories and logs would keep them.
 */
export function idTokenCarriesProfile(client: Client, place: 'alone' | 'url' | 'page' | 'back'): boolean {
  if (place === 'alone') return true;
  return place !== 'url' && client.idTokenProfileClaims && client.profile !== 'fapi2';
}

/** Issues ID tokens (OIDC Core §2): signed with the client's algorithm, encrypted where the client asks for it. */
@Injectable()
export class IdTokens {
  constructor(
    private readonly signer: TokenSigner,
    private readonly keys: SigningKeys,
    private readonly clientKeys: ClientKeys,
    private readonly issuer: Issuer,
    private readonly clock: Clock,
  ) {}

  /** Awaits only when it must encrypt: signing alone is synchronous. */
  issue(contents: IdTokenContents): string | Promise<string> {
    const { client } = contents;
    const signed = this.signer.sign(
      'id_token',
      this.claims(contents),
      this.keys.active(client.idTokenSignedResponseAlg),
    );
    const { idTokenEncryptedResponseAlg: alg, idTokenEncryptedResponseEnc: enc = 'A128CBC-HS256' } = client;
    return alg === undefined ? signed : this.encrypt(client, signed, alg as EncryptionAlg, enc as EncryptionEnc);
  }

  private claims(contents: IdTokenContents): Record<string, unknown> {
    const { grant, client, user, subject, scope, nonce, channel, code, accessToken } = contents;
    const iat = this.clock.now();
    const alg = client.idTokenSignedResponseAlg;
    const claims: Record<string, unknown> = {
      ...(contents.withProfile ? claimsOfScopes(user, scope, grant.claims?.locales) : {}),
      ...(grant.claims === undefined ? {} : claimsOfRequest(user, grant.claims, 'idToken')),
      iss: this.issuer.identifier,
      sub: subject,
      aud: client.clientId,
      iat,
      exp: iat + LIFETIME_SECONDS[channel],
      auth_time: grant.authTime,
      acr: grant.acr,
      amr: grant.amr,
      sid: grant.sid,
    };
    if (nonce !== undefined) claims['nonce'] = nonce;
    if (code !== undefined) claims['c_hash'] = halfHash(code, alg);
    if (accessToken !== undefined) claims['at_hash'] = halfHash(accessToken, alg);
    return claims;
  }

  private async encrypt(client: Client, jwt: string, alg: EncryptionAlg, enc: EncryptionEnc): Promise<string> {
    const jwk = await this.clientKeys.forEncryption(client, alg);
    if (jwk === undefined) throw new OAuthError('invalid_request', 'the client has no key to encrypt to');
    return encryptToken(jwt, { alg, enc, jwk, contentType: 'JWT' });
  }
}
