import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Expiring } from './expiring.js';
import type { Flow, Transaction } from './flow.js';

const MAXIMUM = 5_000;
const TRANSACTION_MILLISECONDS = 5 * 60_000;
const SESSION_MILLISECONDS = 60 * 60_000;

/**
 * What the application remembers of browsers, in memory: it is a sample, so a restart signs everybody out. Each sign-in
 * under way has a key of its own, so that two tabs can't take each other's answer.
 */
@Injectable()
export class BrowserState {
  private readonly transactions = new Expiring<Transaction>(TRANSACTION_MILLISECONDS, MAXIMUM);
  private readonly sessions = new Expiring<Flow>(SESSION_MILLISECONDS, MAXIMUM);

  begin(transaction: Transaction): string {
    const id = randomBytes(24).toString('base64url');
    this.transactions.put(id, transaction);
    return id;
  }

  /** A transaction can be answered once. */
  take(id: string): Transaction | undefined {
    return this.transactions.take(id);
  }

  signIn(flow: Flow): string {
    const id = randomBytes(24).toString('base64url');
    this.sessions.put(id, flow);
    return id;
  }

  flow(id: string | undefined): Flow | undefined {
    return id === undefined ? undefined : this.sessions.get(id);
  }

  signOut(id: string | undefined): void {
    if (id !== undefined) this.sessions.take(id);
  }

  /** Ends the sessions that a logout token or a front-channel logout names. Returns how many. */
  endWhere(sid: string | undefined, sub: string | undefined): number {
    return this.sessions.dropWhere(({ frontClaims, secondClaims }) => {
      const claims = frontClaims ?? secondClaims;
      return (
        (sid !== undefined && claims?.sid === sid) || (sid === undefined && sub !== undefined && claims?.sub === sub)
      );
    });
  }
}
