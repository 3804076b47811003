import { InvalidTokenError, readHeader, readUnverifiedClaims, TokenVerifier } from '@tandem/jwt';
import { Injectable } from '@nestjs/common';
import { AssertionStore } from '@tandem/persistence';
import { isSensible } from '@tandem/protocol';
import type { Client } from '@tandem/protocol';
import { Clock } from '../../clock.js';
import { Issuer } from '../../endpoints.js';
import { single } from '../../http/form-parameters.js';
import { ClientKeys } from '../client-keys.js';
import type { ClientAuthenticationMethod, PresentedCredentials } from './client-authentication-method.js';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Algorithms that a client's assertion may use; one of them when it registered one. */
export const CLIENT_ASSERTION_ALGS: readonly string[] = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
];

/** A JWT signed with the client's private key (RFC 7523, OIDC Core §9). */
@Injectable()
export class PrivateKeyJwt implements ClientAuthenticationMethod {
  static readonly methodName = 'private_key_jwt';
  readonly name = PrivateKeyJwt.methodName;

  constructor(
    private readonly keys: ClientKeys,
    private readonly verifier: TokenVerifier,
    private readonly assertions: AssertionStore,
    private readonly issuer: Issuer,
    private readonly clock: Clock,
  ) {}

  speaks({ form }: PresentedCredentials): boolean {
    return form.has('client_assertion') || form.has('client_assertion_type');
  }

  clientId({ form }: PresentedCredentials): string | undefined {
    try {
      const { sub } = readUnverifiedClaims(single(form, 'client_assertion') ?? '');
      return typeof sub === 'string' ? sub : undefined;
    } catch (error) {
      if (error instanceof InvalidTokenError) return undefined;
      throw error;
    }
  }

  async prove(client: Client | undefined, { form, endpointUrl }: PresentedCredentials): Promise<boolean> {
    if (client === undefined || single(form, 'client_assertion_type') !== ASSERTION_TYPE) return false;
    try {
      return await this.verify(client, single(form, 'client_assertion') ?? '', endpointUrl);
    } catch (error) {
      if (error instanceof InvalidTokenError) return false;
      throw error;
    }
  }

  private async verify(client: Client, assertion: string, endpointUrl: string): Promise<boolean> {
    const { kid, alg } = readHeader(assertion);
    const { claims } = this.verifier.verify('client_assertion', assertion, {
      keys: await this.keys.find(client, kid, alg),
      algorithms:
        client.tokenEndpointAuthSigningAlg === undefined ? CLIENT_ASSERTION_ALGS : [client.tokenEndpointAuthSigningAlg],
      issuer: client.clientId,
      audience: (audience: unknown) => this.isForUs(audience, client, endpointUrl),
      now: this.clock.now(),
    });
    if (claims.sub !== client.clientId || !isSensible(claims.jti as string)) return false;
    // Committed before anything is granted, so that of parallel uses one gets through.
    return this.assertions.see(client.clientId, claims.jti as string, claims.exp as number);
  }

  /** Every member must be ours: an audience that also names another server was made for that server to replay. */
  private isForUs(audience: unknown, client: Client, endpointUrl: string): boolean {
    const { identifier } = this.issuer;
    if (client.profile === 'fapi2') return audience === identifier;
    const ours = [identifier, identifier.slice(0, -1), endpointUrl, this.issuer.url('token')];
    const members = typeof audience === 'string' ? [audience] : Array.isArray(audience) ? audience : [];
    return members.length > 0 && members.every((member) => ours.includes(member as string));
  }
}
