import { Injectable } from '@nestjs/common';
import { Database } from '@tandem/persistence';
import { metricsRegistry } from '@tandem/web-server';
import { Gauge } from 'prom-client';
import { Clock } from './clock.js';

/** More than that, and what we sign and what the database expires contradict one another. */
const TOLERATED_SECONDS = 5;

const difference = new Gauge({
  name: 'clock_skew_seconds',
  help: 'How far our clock is ahead of that of the database',
  registers: [metricsRegistry],
});

/** Compares our clock with the database's, which decides about expiry for all replicas. */
@Injectable()
export class ClockCheck {
  constructor(
    private readonly clock: Clock,
    private readonly database: Database,
  ) {}

  /** Whether both agree; also a test that the database answers. */
  async agrees(): Promise<boolean> {
    const skew = this.clock.now() - (await this.database.now());
    difference.set(skew);
    return Math.abs(skew) <= TOLERATED_SECONDS;
  }
}
