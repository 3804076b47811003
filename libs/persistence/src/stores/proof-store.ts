import { statement } from '../database.js';
import type { Database } from '../database.js';

/** A one-time code or link that was handed out: whoever brings the secret back has proven what it was sent for. */
export interface Proof {
  /** Public: stands in the link, or is known to the interaction that asked for the code. */
  readonly id: string;
  /** What it is good for; a proof for one purpose is none for another. */
  readonly purpose: string;
  readonly userId?: string;
  readonly email?: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

interface Row {
  readonly id: string;
  readonly purpose: string;
  readonly user_id: string | null;
  readonly email: string | null;
  readonly detail: Proof['detail'];
  readonly fits: boolean;
}

const proofOf = (row: Row): Proof => ({
  ...{ id: row.id, purpose: row.purpose, detail: row.detail },
  ...(row.user_id === null ? {} : { userId: row.user_id }),
  ...(row.email === null ? {} : { email: row.email }),
});

const KEEP = statement(
  'proof_keep',
  `INSERT INTO proofs (id, purpose, secret_hash, user_id, email, detail, attempts_left, expires_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, clock_timestamp() + make_interval(secs => $8))
   ON CONFLICT (id) DO UPDATE
     SET purpose = excluded.purpose, secret_hash = excluded.secret_hash, user_id = excluded.user_id, email = excluded.email,
         detail = excluded.detail, attempts_left = excluded.attempts_left, expires_at = excluded.expires_at`,
);
// Counted and compared in one statement: parallel guesses can't get more attempts, and a fitting one is the last.
const TAKE = statement(
  'proof_take',
  `UPDATE proofs SET attempts_left = CASE WHEN secret_hash = $3 THEN 0 ELSE attempts_left - 1 END
    WHERE id = $1 AND purpose = $2 AND attempts_left > 0 AND expires_at > clock_timestamp()
   RETURNING id, purpose, user_id, email, detail, secret_hash = $3 AS fits`,
  (row: Row): Proof | undefined => (row.fits ? proofOf(row) : undefined),
);
const PEEK = statement(
  'proof_peek',
  `SELECT id, purpose, user_id, email, detail, secret_hash = $3 AS fits FROM proofs
    WHERE id = $1 AND purpose = $2 AND attempts_left > 0 AND expires_at > clock_timestamp()`,
  (row: Row): Proof | undefined => (row.fits ? proofOf(row) : undefined),
);
const VOID = statement('proof_void', 'DELETE FROM proofs WHERE user_id = $1 AND purpose = $2');

/** One-time codes and links. Only a hash of the secret is kept; a wrong guess costs an attempt, a right one spends it. */
export class ProofStore {
  constructor(private readonly database: Database) {}

  /** Keeps a proof; one with the same id is replaced, so that only the last code that was sent counts. */
  async keep(proof: Proof, secretHash: Buffer, attempts: number, lifetimeSeconds: number): Promise<void> {
    const { id, purpose, userId, email, detail } = proof;
    await this.database.all(KEEP, [
      ...[id, purpose, secretHash, userId ?? null, email ?? null],
      ...[JSON.stringify(detail), attempts, lifetimeSeconds],
    ]);
  }

  /** The proof, spent; undefined when the secret does not fit or the proof counts no more. */
  take(id: string, purpose: string, secretHash: Buffer): Promise<Proof | undefined> {
    return this.database.first(TAKE, [id, purpose, secretHash]);
  }

  /** The proof without spending it, for the page that a link leads to: mail scanners open links, people send forms. */
  peek(id: string, purpose: string, secretHash: Buffer): Promise<Proof | undefined> {
    return this.database.first(PEEK, [id, purpose, secretHash]);
  }

  /** Voids every proof of a user for a purpose, for example the other reset links once one was used. */
  async void(userId: string, purpose: string): Promise<void> {
    await this.database.all(VOID, [userId, purpose]);
  }
}
