import { statement } from '../database.js';
import type { Database } from '../database.js';
import { takeWay } from './ways-to-sign-in.js';
import type { WaysToSignIn } from './ways-to-sign-in.js';

/** A credential of WebAuthn that its user can sign in with. Instants are epoch seconds. */
export interface Passkey {
  /** As the authenticator made it, base64url. */
  readonly credentialId: string;
  readonly userId: string;
  /** COSE_Key (RFC 9052 §7). */
  readonly publicKey: Uint8Array;
  /** Signatures made, as the authenticator counts; 0 from one that does not count. */
  readonly counter: number;
  /** Ways to reach the authenticator, told back to the browser as hints. */
  readonly transports: readonly string[];
  /** What its user calls it. */
  readonly name: string;
  readonly createdAt: number;
  readonly lastUsedAt?: number;
}

interface Row {
  readonly credential_id: string;
  readonly user_id: string;
  readonly public_key: Buffer;
  readonly counter: string;
  readonly transports: string[];
  readonly name: string;
  readonly created_at: number;
  readonly last_used_at: number | null;
}

const passkeyOf = (row: Row): Passkey => ({
  ...{ credentialId: row.credential_id, userId: row.user_id, publicKey: new Uint8Array(row.public_key) },
  ...{ counter: Number(row.counter), transports: row.transports, name: row.name, createdAt: row.created_at },
  ...(row.last_used_at === null ? {} : { lastUsedAt: row.last_used_at }),
});
const COLUMNS = `credential_id, user_id, public_key, counter, transports, name,
  floor(extract(epoch FROM created_at))::float8 AS created_at,
  floor(extract(epoch FROM last_used_at))::float8 AS last_used_at`;

const FIND = statement('passkey_find', `SELECT ${COLUMNS} FROM passkeys WHERE credential_id = $1`, passkeyOf);
const OF_USER = statement(
  'passkeys_of_user',
  `SELECT ${COLUMNS} FROM passkeys WHERE user_id = $1 ORDER BY created_at, credential_id`,
  passkeyOf,
);
// The user's row is what two additions at once wait for: each counts what the other has added.
const LOCK_USER = statement<{ user_id: string }>(
  'passkey_lock_user',
  'SELECT user_id FROM users WHERE user_id = $1 AND disabled_at IS NULL FOR UPDATE',
);
const ADD = statement<{ outcome: 'added' | 'full' | 'known' }>(
  'passkey_add',
  `WITH held AS (SELECT count(*) AS number FROM passkeys WHERE user_id = $2),
        added AS (INSERT INTO passkeys (credential_id, user_id, public_key, counter, transports, name)
                  SELECT $1, $2, $3, $4, $5, $6 FROM held WHERE held.number < $7
                  ON CONFLICT (credential_id) DO NOTHING RETURNING credential_id)
   SELECT CASE WHEN EXISTS (SELECT FROM added) THEN 'added' WHEN held.number >= $7 THEN 'full' ELSE 'known' END AS outcome FROM held`,
);
// Compared and written in one statement: of two answers with one count only one counts (WebAuthn §6.1.1).
const USE = statement<{ credential_id: string }>(
  'passkey_use',
  `UPDATE passkeys SET counter = $2, last_used_at = clock_timestamp()
    WHERE credential_id = $1 AND (counter < $2 OR (counter = 0 AND $2 = 0)) RETURNING credential_id`,
);
const RENAME = statement<{ name: string }>(
  'passkey_rename',
  'UPDATE passkeys SET name = $3 WHERE user_id = $1 AND credential_id = $2 RETURNING name',
);
const REMOVE = statement(
  'passkey_remove',
  `DELETE FROM passkeys WHERE user_id = $1 AND credential_id = $2 RETURNING ${COLUMNS}`,
  passkeyOf,
);

/** Passkeys of users. There is nothing secret among it: the private keys never leave the authenticators. */
export class PasskeyStore {
  constructor(private readonly database: Database) {}

  find(credentialId: string): Promise<Passkey | undefined> {
    return this.database.first(FIND, [credentialId]);
  }

  /** The user's passkeys, the oldest first. */
  ofUser(userId: string): Promise<readonly Passkey[]> {
    return this.database.all(OF_USER, [userId]);
  }

  /** `full`: the user has as many as are allowed, or is disabled. `known`: somebody has that credential already. */
  add(passkey: Omit<Passkey, 'createdAt' | 'lastUsedAt'>, limit: number): Promise<'added' | 'full' | 'known'> {
    const { credentialId, userId, publicKey, counter, transports, name } = passkey;
    return this.database.transaction(async (queries) => {
      if ((await queries.first(LOCK_USER, [userId])) === undefined) return 'full';
      const values = [credentialId, userId, Buffer.from(publicKey), counter, transports, name, limit];
      return (await queries.first(ADD, values))?.outcome ?? 'full';
    });
  }

  /** Notes a sign-in with the authenticator's count. `behind`: the count was seen before, as of a copied key. */
  async use(credentialId: string, counter: number): Promise<'used' | 'behind' | 'gone'> {
    if ((await this.database.first(USE, [credentialId, counter])) !== undefined) return 'used';
    return (await this.find(credentialId)) === undefined ? 'gone' : 'behind';
  }

  async rename(userId: string, credentialId: string, name: string): Promise<boolean> {
    return (await this.database.first(RENAME, [userId, credentialId, name])) !== undefined;
  }

  /** The passkey that is gone now; undefined when the user has no such, `last` when it is their last way to sign in. */
  remove(userId: string, credentialId: string, ways: WaysToSignIn): Promise<Passkey | 'last' | undefined> {
    return takeWay(this.database, userId, ways, (queries) => queries.first(REMOVE, [userId, credentialId]));
  }
}
