import { encryptionKeyFor, isVerificationAlg, RemoteKeySet } from '@tandem/jwt';
import type { EncryptionAlg } from '@tandem/jwt';
import { Injectable } from '@nestjs/common';
import type { Client, PublicJwk } from '@tandem/protocol';
import { Clock } from '../clock.js';
import { OutboundClient } from '../outbound/outbound-client.js';

const MAXIMUM_SETS = 1_000;

/** The public keys of clients: registered with them, or fetched from their `jwks_uri` and refetched for an unknown kid. */
@Injectable()
export class ClientKeys {
  private readonly remote = new Map<string, RemoteKeySet>();

  constructor(
    private readonly outbound: OutboundClient,
    private readonly clock: Clock,
  ) {}

  /** Keys that may have made a signature with this header. */
  async find(client: Client, kid: string | undefined, alg: string): Promise<readonly PublicJwk[]> {
    if (client.jwks !== undefined) return client.jwks;
    if (client.jwksUri === undefined || !isVerificationAlg(alg)) return [];
    return this.setOf(client.jwksUri, client.origin).find(kid, alg);
  }

  /** The key to encrypt to a client with. */
  async forEncryption({ jwks, jwksUri, origin }: Client, alg: EncryptionAlg): Promise<PublicJwk | undefined> {
    if (jwks !== undefined) return encryptionKeyFor(jwks, alg);
    return jwksUri === undefined ? undefined : this.setOf(jwksUri, origin).findForEncryption(alg);
  }

  private setOf(uri: string, origin: Client['origin']): RemoteKeySet {
    const name = `${origin} ${uri}`;
    const held = this.remote.get(name);
    if (held !== undefined) return held;
    if (this.remote.size >= MAXIMUM_SETS) this.remote.clear();
    const set = new RemoteKeySet({
      fetch: () => this.outbound.fetchJson(uri, { trusted: origin === 'declared' }),
      maxAgeSeconds: 3_600,
      minRefetchSeconds: 30,
      now: () => this.clock.now(),
    });
    this.remote.set(name, set);
    return set;
  }
}
