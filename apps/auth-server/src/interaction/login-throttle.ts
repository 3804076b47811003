import { isIP } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { ThrottleStore } from '@tandem/persistence';
import type { FastifyRequest } from 'fastify';
import type { DeclaredConfiguration } from '../declared-configuration/declared-configuration.js';
import { DECLARED } from '../tokens.js';

/** Nobody looks at this attempt. */
export interface Throttled {
  readonly outcome: 'throttled';
  readonly retryAfterSeconds: number;
}

/** IPv6 hosts have a whole /64 to themselves, so that counts as one address. */
export const addressKey = (ip: string): string =>
  isIP(ip) === 6 && !ip.startsWith('::ffff:') ? ip.split(':').slice(0, 4).join(':') : ip;
const countedAddress = ({ ip }: FastifyRequest): string => `login:address:${addressKey(ip)}`;

/**
 * Counts attempts to sign in, for one account before anything is checked and for one address when it failed. Too many in a
 * window: nothing is looked at until it ends, and the next one is longer. Nobody is ever locked out for good.
 */
@Injectable()
export class LoginThrottle {
  constructor(
    private readonly throttles: ThrottleStore,
    @Inject(DECLARED) private readonly declared: DeclaredConfiguration,
  ) {}

  /** Counts an attempt on an account, known or not; the answer when there were too many. */
  attempt(account: string): Promise<Throttled | undefined> {
    return this.count(accountKey(account), this.declared.loginThrottle.attemptsPerAccount);
  }

  /** The answer to an address that has failed too often: nothing that it sends is looked at, whatever the method. */
  async held(http: FastifyRequest): Promise<Throttled | undefined> {
    const limit = this.declared.loginThrottle.attemptsPerAddress;
    const retryAfterSeconds = await this.throttles.held(countedAddress(http), limit);
    return retryAfterSeconds === undefined ? undefined : { outcome: 'throttled', retryAfterSeconds };
  }

  /** Counts a failure of the browser's address. */
  failed(http: FastifyRequest): Promise<Throttled | undefined> {
    return this.count(countedAddress(http), this.declared.loginThrottle.attemptsPerAddress);
  }

  /** A full sign-in: the attempts on the user's account count no more. */
  signedIn(userId: string): Promise<void> {
    return this.throttles.clearOfUser(ACCOUNT, userId);
  }

  /** As `signedIn`, for a proof of another kind, by the key of the address. */
  succeeded(account: string): Promise<void> {
    return this.throttles.clear(accountKey(account));
  }

  private async count(key: string, limit: number): Promise<Throttled | undefined> {
    const { windowSeconds, longestWindowSeconds } = this.declared.loginThrottle;
    const growth = { limit, longestWindowSeconds };
    const { count, retryAfterSeconds } = await this.throttles.count(key, windowSeconds, growth);
    return count > limit ? { outcome: 'throttled', retryAfterSeconds } : undefined;
  }
}

const ACCOUNT = 'login:account:';
const accountKey = (account: string): string => `${ACCOUNT}${account}`;
