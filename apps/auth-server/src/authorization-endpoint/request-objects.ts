import { InvalidTokenError, readHeader, readUnsignedClaims, TokenVerifier } from '@tandem/jwt';
import { Injectable } from '@nestjs/common';
import { mergeRequestObject, OAuthError } from '@tandem/protocol';
import type { AuthorizationParameters, Client } from '@tandem/protocol';
import { ClientKeys } from '../client-authentication/client-keys.js';
import { Clock } from '../clock.js';
import { Issuer } from '../endpoints.js';
import { OutboundClient, OutboundError } from '../outbound/outbound-client.js';

/** Algorithms of signed request objects. `none` only for clients that registered it. */
export const REQUEST_OBJECT_ALGS: readonly string[] = ['none', 'RS256', 'PS256', 'ES256', 'EdDSA'];
export const SIGNED_REQUEST_OBJECT_ALGS = REQUEST_OBJECT_ALGS.filter((alg) => alg !== 'none');

/** Request objects by value and by reference (OIDC Core §6, RFC 9101). */
@Injectable()
export class RequestObjects {
  constructor(
    private readonly verifier: TokenVerifier,
    private readonly clientKeys: ClientKeys,
    private readonly outbound: OutboundClient,
    private readonly issuer: Issuer,
    private readonly clock: Clock,
  ) {}

  /**
   * The parameters with a request object merged in; the same parameters when there is none.
   *
   * @throws OAuthError `invalid_request_object`, `invalid_request_uri`.
   */
  async merge(parameters: AuthorizationParameters, client: Client): Promise<AuthorizationParameters> {
    if (parameters.request === undefined && parameters.requestUri === undefined) return parameters;
    if (parameters.request !== undefined && parameters.requestUri !== undefined) {
      throw new OAuthError('invalid_request', 'request and request_uri can not stand together');
    }
    const object = parameters.request ?? (await this.fetch(parameters.requestUri as string, client));
    const { claims, signed } = await this.read(object, client);
    if (claims['request'] !== undefined || claims['request_uri'] !== undefined)
      throw invalid('it holds another request object');
    for (const [name, outside] of [
      ['client_id', parameters.clientId],
      ['response_type', parameters.responseType],
    ] as const) {
      if (claims[name] !== undefined && outside !== undefined && claims[name] !== outside)
        throw invalid(`${name} differs inside and outside`);
    }
    return mergeRequestObject(parameters, claims, { signed });
  }

  /** OIDC Core §6.2: registered with its fragment, which says which version is meant, and fetched without. */
  private async fetch(requestUri: string, client: Client): Promise<string> {
    if (!client.requestUris.includes(requestUri))
      throw new OAuthError('invalid_request_uri', 'request_uri is not registered for this client');
    try {
      const { status, body } = await this.outbound.fetch(requestUri.split('#', 1)[0] as string, {
        trusted: client.origin === 'declared',
      });
      if (status !== 200) throw new OAuthError('invalid_request_uri', 'the request object is not at request_uri');
      return body.trim();
    } catch (cause) {
      if (cause instanceof OutboundError || cause instanceof TypeError)
        throw new OAuthError('invalid_request_uri', 'request_uri can not be fetched', { cause });
      throw cause;
    }
  }

  private async read(
    object: string,
    client: Client,
  ): Promise<{ readonly claims: Readonly<Record<string, unknown>>; readonly signed: boolean }> {
    try {
      const unsigned = readUnsignedClaims(object);
      if (unsigned !== undefined) {
        if (client.requestObjectSigningAlg !== 'none') throw invalid('it is not signed');
        return { claims: unsigned, signed: false };
      }
      const { alg, kid } = readHeader(object);
      const algorithms =
        client.requestObjectSigningAlg === undefined ? SIGNED_REQUEST_OBJECT_ALGS : [client.requestObjectSigningAlg];
      const { claims } = this.verifier.verify('request_object', object, {
        keys: await this.clientKeys.find(client, kid, alg),
        algorithms,
        now: this.clock.now(),
      });
      if (claims.iss !== undefined && claims.iss !== client.clientId) throw invalid('iss is not the client');
      if (claims.aud !== undefined && ![claims.aud].flat().includes(this.issuer.identifier))
        throw invalid('aud is not this server');
      return { claims: claims as Readonly<Record<string, unknown>>, signed: true };
    } catch (cause) {
      if (cause instanceof InvalidTokenError) throw invalid('it can not be verified', cause);
      throw cause;
    }
  }
}

const invalid = (why: string, cause?: unknown): OAuthError =>
  new OAuthError('invalid_request_object', `the request object is refused: ${why}`, { cause });
