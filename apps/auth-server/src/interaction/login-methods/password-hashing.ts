import { hash, verify } from '@node-rs/argon2';
import { Injectable } from '@nestjs/common';
import { OAuthError } from '@tandem/protocol';

/** OWASP's recommendation: argon2id, 19 MiB, two passes. */
/** `Algorithm.Argon2id`, whose enum can't be imported as a value. */
const ARGON2ID = 2;
const COST = { algorithm: ARGON2ID, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const RUNNING = 2;
const WAITING = 32;
const PATIENCE_MILLISECONDS = 1_500;

/** Longest password that is looked at: hashing longer ones would only cost time. */
const MAXIMUM_BYTES = 512;

/** Whether a password fits a hash, or none at all. */
type Check = (passwordHash: string | undefined, password: string) => Promise<boolean>;

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
  verify(passwordHash: string | undefined, password: string): Promise<boolean> {
    return this.inTurn((check) => check(passwordHash, password));
  }

  /** The same within a turn, with what belongs to it: for whoever is sent away nothing was done, and nothing counted. */
  async inTurn<T>(work: (check: Check) => Promise<T>): Promise<T> {
    if (this.running >= RUNNING) await this.wait();
    else this.running += 1;
    try {
      return await work((passwordHash, password) => this.check(passwordHash, password));
    } finally {
      const next = this.queue.shift();
      if (next === undefined) this.running -= 1;
      else next();
    }
  }

  private async check(passwordHash: string | undefined, password: string): Promise<boolean> {
    const normal = password.normalize('NFC');
    if (Buffer.byteLength(normal) > MAXIMUM_BYTES) return false;
    const fits = await verify(passwordHash ?? (await this.unknown), normal);
    return fits && passwordHash !== undefined;
  }

  /** Waits for a place that another hash hands over. */
  private wait(): Promise<void> {
    if (this.queue.length >= WAITING) throw busy();
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
