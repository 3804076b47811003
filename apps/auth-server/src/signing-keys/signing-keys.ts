import type { SigningAlg, SigningKey } from '@tandem/jwt';
import { generateSigningKey, openPrivateKey, sealPrivateKey } from '@tandem/jwt';
import { SigningKeyStore } from '@tandem/persistence';
import type { SealedSigningKey } from '@tandem/persistence';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { PublicJwk } from '@tandem/protocol';
import { Clock } from '../clock.js';
import { CONFIG } from '../tokens.js';
import type { AuthServerConfig } from '../config.js';

/** Algorithms that we sign with; each has a key from the first start on. */
export const OUR_SIGNING_ALGS: readonly SigningAlg[] = ['RS256', 'PS256', 'ES256', 'EdDSA'];

/** How long relying parties and APIs may keep a copy of the key set, seconds: a new key is published this long before use. */
export const JWKS_MAX_AGE_SECONDS = 300;
/** How long before use in haste, seconds: APIs on the bus hear of it at once and fetch the key set. */
export const HASTY_SECONDS = 2;
/** How long a replaced key stays published, seconds: longer than any token signed with it lives. */
const RETIRING_SECONDS = 86_400 + JWKS_MAX_AGE_SECONDS;
/** Age at which a key is replaced by itself. */
const ROTATION_SECONDS = 90 * 86_400;

/**
 * Our signing keys, opened once and held: `pending` (published ahead) → `active` (the newest whose time has come) →
 * `retiring` (published while tokens live) → retired.
 */
@Injectable()
export class SigningKeys implements OnModuleDestroy {
  private held: readonly { readonly key: SigningKey; readonly activeFrom: number }[] = [];
  private published: readonly PublicJwk[] = [];
  private byAlg = new Map<string, SigningKey>();
  private readonly listeners: (() => void)[] = [];
  /** Makes a pending key the signing one when its time has come. */
  private activation: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: SigningKeyStore,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: AuthServerConfig,
  ) {}

  /** Opens the stored keys; makes the missing ones at the first start. A wrong key-encryption key stops the start. */
  async load(): Promise<void> {
    let live = await this.store.live();
    const lacking = OUR_SIGNING_ALGS.filter((alg) => !live.some((key) => key.alg === alg));
    if (lacking.length > 0) {
      // Made before the transaction: on a busy machine that takes longer than one may stay idle.
      const made = await Promise.all(lacking.map((alg) => this.makeSealed(alg, this.at(0))));
      live = await this.store.change(async (present) => ({
        add: made.filter(({ alg }) => !present.some((key) => key.alg === alg)),
        retire: [],
      }));
    }
    this.hold(live);
  }

  /** Re-reads the stored keys, after another replica changed them or the time of a pending one has come. */
  async reload(): Promise<void> {
    this.hold(await this.store.live());
  }

  /**
   * Publishes a new key for each algorithm (or the one named) and makes it the signing key after `delaySeconds`; by
   * default as soon as every copy of the key set has been refreshed.
   */
  async rotate({
    alg,
    delaySeconds = JWKS_MAX_AGE_SECONDS,
  }: { readonly alg?: SigningAlg; readonly delaySeconds?: number } = {}): Promise<void> {
    const algs = alg === undefined ? OUR_SIGNING_ALGS : [alg];
    const activeFrom = this.at(delaySeconds);
    const add = await Promise.all(algs.map((one) => this.makeSealed(one, activeFrom)));
    this.hold(await this.store.change(async () => ({ add, retire: [] })));
  }

  /** Withdraws every key and signs with new ones at once: nothing that was signed before is accepted any more. */
  async replaceAll(): Promise<void> {
    const add = await Promise.all(OUR_SIGNING_ALGS.map((alg) => this.makeSealed(alg, this.at(0))));
    const live = await this.store.change(async (present) => ({ add, retire: present.map(({ kid }) => kid) }));
    this.hold(live);
  }

  /** Replaces keys that are old and retires those that no living token needs; safe to call in every replica at any time. */
  async maintain(): Promise<void> {
    const now = this.clock.now();
    const live = await this.store.change(async (present) => {
      const age = (key: SealedSigningKey): number => now - key.activeFrom.getTime() / 1_000;
      const newest = (alg: string): SealedSigningKey | undefined => present.filter((key) => key.alg === alg).at(-1);
      const due = OUR_SIGNING_ALGS.filter((alg) => {
        const key = newest(alg);
        return key === undefined || age(key) > ROTATION_SECONDS;
      });
      const activeFrom = this.at(JWKS_MAX_AGE_SECONDS);
      const retire = present.filter((key) => {
        const successor = present.find((other) => other.alg === key.alg && other.activeFrom > key.activeFrom);
        return successor !== undefined && age(successor) > RETIRING_SECONDS;
      });
      return {
        add: await Promise.all(due.map((alg) => this.makeSealed(alg, activeFrom))),
        retire: retire.map(({ kid }) => kid),
      };
    });
    this.hold(live);
  }

  onModuleDestroy(): void {
    clearTimeout(this.activation);
  }

  /** The key that signs with an algorithm now. */
  active(alg: string): SigningKey {
    const key = this.byAlg.get(alg);
    if (key === undefined) throw new Error(`there is no signing key for ${alg}`);
    return key;
  }

  /** The public keys: pending, active and retiring. */
  jwks(): readonly PublicJwk[] {
    return this.published;
  }

  /** Calls `listener` after every change of the key set. */
  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  private at(secondsFromNow: number): Date {
    return new Date((this.clock.now() + secondsFromNow) * 1_000);
  }

  private hold(live: readonly SealedSigningKey[]): void {
    const unchanged =
      live.length === this.held.length && live.every(({ kid }, index) => kid === this.held[index]?.key.kid);
    if (!unchanged) {
      this.held = live.map((sealed) => ({
        key: openPrivateKey(
          { kid: sealed.kid, alg: sealed.alg as SigningAlg, publicJwk: sealed.publicJwk, sealed: sealed.sealedPrivate },
          this.config.keyEncryptionKeys,
        ),
        activeFrom: sealed.activeFrom.getTime(),
      }));
      this.published = this.held.map(({ key }) => key.publicJwk);
    }
    this.activate();
    if (!unchanged) for (const listener of this.listeners) listener();
  }

  private activate(): void {
    const now = this.clock.now() * 1_000;
    this.byAlg = new Map();
    for (const { key, activeFrom } of this.held)
      if (activeFrom <= now || !this.byAlg.has(key.alg)) this.byAlg.set(key.alg, key);
    clearTimeout(this.activation);
    const pending = this.held.map(({ activeFrom }) => activeFrom).filter((activeFrom) => activeFrom > now);
    if (pending.length > 0) this.activation = setTimeout(() => this.activate(), Math.min(...pending) - now).unref();
  }

  private async makeSealed(alg: SigningAlg, activeFrom: Date): Promise<SealedSigningKey> {
    const key = await generateSigningKey(alg);
    const kek = this.config.keyEncryptionKeys[0];
    if (kek === undefined) throw new Error('there is no key-encryption key');
    return { kid: key.kid, alg, publicJwk: key.publicJwk, sealedPrivate: sealPrivateKey(key, kek), activeFrom };
  }
}
