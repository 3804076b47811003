import { Injectable } from '@nestjs/common';

/** The one reader of the clock, so that tests can set it. Expiry of stored things is decided by the database's clock. */
@Injectable()
export class Clock {
  /** Whole seconds since the epoch. */
  now(): number {
    return Math.floor(Date.now() / 1_000);
  }
}
