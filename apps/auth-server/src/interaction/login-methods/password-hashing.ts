import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import { Injectable } from '@nestjs/common';
import { OAuthError } from '@tandem/protocol';

/** `Algorithm.Argon2id`, whose enum can't be imported as a value. */
const ARGON2ID = 2;
/** OWASP's recommendation: argon2id, 19 MiB, two passes. */
const COST = { algorithm: ARGON2ID, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** One core is left to those who want tokens. */
const RUNNING = Math.max(1, availableParallelism() - 1);
const WAITING = 32;
const PATIENCE_MILLISECONDS = 1_500;

/** Longest password that is looked at: hashing longer ones would only cost time. */
const MAXIMUM_BYTES = 512;

/** Hashes passwords off the event loop, a few at a time, so that sign-ins can't slow down token traffic. */
@Injectable()
export class PasswordHashing {
  private running = 0;
  private readonly queue: (() => void)[] = [];
  private readonly unknown = hash('a password that nobody has', COST);

  hash(password: string): Promise<string> {
    return this.inTurn(() => hash(password.normalize('NFC'), COST));
  }

  /** Whether the password fits; for an unknown user the same work is done for nothing, so that timing tells nothing. */
  async verify(passwordHash: string | undefined, password: string): Promise<boolean> {
    const normal = password.normalize('NFC');
    if (Buffer.byteLength(normal) > MAXIMUM_BYTES) return false;
    const against = passwordHash ?? (await this.unknown);
    const fits = await this.inTurn(() => verify(against, normal));
    return fits && passwordHash !== undefined;
  }

  /** @throws OAuthError when whoever comes now could not wait: asked first, so that for those sent away nothing is counted. */
  refuseWhenFull(): void {
    if (this.queue.length >= WAITING) throw busy();
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= RUNNING) await this.wait();
    else this.running += 1;
    try {
      return await work();
    } finally {
      const next = this.queue.shift();
      if (next === undefined) this.running -= 1;
      else next();
    }
  }

  /** Waits for a place that another hash hands over. */
  private wait(): Promise<void> {
    this.refuseWhenFull();
    return new Promise((resolve, reject) => {
      const turn = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.queue.splice(this.queue.indexOf(turn), 1);
        reject(busy());
      }, PATIENCE_MILLISECONDS);
      this.queue.push(turn);
    });
  }
}

const busy = (): OAuthError =>
  new OAuthError('temporarily_unavailable', 'too many people are signing in at this moment: try again');
