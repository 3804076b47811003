import type { VerificationAlg } from '../algorithms.js';
import type { EncryptionAlg } from '../encryption/encrypted-token.js';
import { encryptionKeyFor, keysForToken } from './choose-keys.js';
import { usableJwks } from './client-jwks.js';
import type { PublicJwk } from './public-jwk.js';

/** `fetch` brings the parsed JWKS document with its own timeout and size limit; `now` is epoch seconds. */
export interface RemoteKeySetOptions {
  readonly fetch: () => Promise<unknown>;
  readonly maxAgeSeconds: number;
  readonly minRefetchSeconds?: number;
  readonly now: () => number;
  /** Told of a failed fetch, for the log; the old keys stay in use. */
  readonly onFetchFailed?: (error: unknown) => void;
}

const MIN_REFETCH_SECONDS = 30;

/**
 * Keys published by someone else. An unknown kid causes one refetch, but never two within `minRefetchSeconds`, so that
 * a stranger's tokens can not make us hammer the publisher.
 *
 *   empty ─find→ fetching ─ok→ fresh ─maxAge→ stale ─find→ fetching ─failed→ stale (old keys serve on)
 */
export class RemoteKeySet {
  private keys: readonly PublicJwk[] = [];
  private fetchedAt = -Infinity;
  private attemptedAt = -Infinity;
  private fetching: Promise<void> | undefined;

  constructor(private readonly options: RemoteKeySetOptions) {}

  /** The keys that may verify a token with this header; none when the publisher has none or can't be reached. */
  async find(kid: string | undefined, alg: VerificationAlg): Promise<readonly PublicJwk[]> {
    const known = keysForToken(this.peek(), kid, alg);
    if (known.length > 0) return known;
    await this.refetch();
    return keysForToken(this.keys, kid, alg);
  }

  /** The key to encrypt to the publisher with; one that was published lately is found like an unknown kid. */
  async findForEncryption(alg: EncryptionAlg): Promise<PublicJwk | undefined> {
    const known = encryptionKeyFor(this.peek(), alg);
    if (known !== undefined) return known;
    await this.refetch();
    return encryptionKeyFor(this.keys, alg);
  }

  /** The keys at hand while they are fresh, without waiting; empty otherwise: then `find` is the way. */
  peek(): readonly PublicJwk[] {
    return this.options.now() - this.fetchedAt < this.options.maxAgeSeconds ? this.keys : [];
  }

  private async refetch(): Promise<void> {
    const pause = this.options.minRefetchSeconds ?? MIN_REFETCH_SECONDS;
    if (this.fetching === undefined && this.options.now() - this.attemptedAt < pause) return;
    this.fetching ??= this.load().finally(() => {
      this.fetching = undefined;
    });
    await this.fetching;
  }

  private async load(): Promise<void> {
    this.attemptedAt = this.options.now();
    try {
      this.keys = usableJwks(await this.options.fetch());
      this.fetchedAt = this.attemptedAt;
    } catch (error) {
      this.options.onFetchFailed?.(error);
    }
  }
}
