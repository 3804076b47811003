import type { User } from '@tandem/protocol';
import { statement } from '../database.js';
import type { Database } from '../database.js';
import { USER_COLUMNS, userOf } from './user-columns.js';
import type { UserColumns } from './user-columns.js';
import { emailKey, newUserId, unprovenKey } from './user-store.js';
import { takeWay } from './ways-to-sign-in.js';
import type { WaysToSignIn } from './ways-to-sign-in.js';

/** Who somebody is at another provider or directory: its connection here, and the name it has for them. */
export interface FederatedIdentity {
  readonly connection: string;
  readonly subject: string;
}

/** An identity as its user sees it. Instants are epoch seconds. */
export interface LinkedIdentity extends FederatedIdentity {
  readonly createdAt: number;
  readonly lastUsedAt?: number;
}

/** A user as another provider describes them. An address that is not verified is kept as said, but is nobody's. */
export type FederatedUser = Pick<User, 'email' | 'emailVerified' | 'claims'>;

class AddressTaken extends Error {}

// A disabled user's identity is known all the same: nobody gets a second account by it.
const USE = statement(
  'federated_identity_use',
  `UPDATE federated_identities f SET last_used_at = clock_timestamp()
    WHERE f.connection = $1 AND f.subject = $2 RETURNING f.user_id`,
  ({ user_id: userId }: { user_id: string }) => userId,
);
const USER = statement(
  'federated_identity_user',
  `SELECT ${USER_COLUMNS} FROM users u WHERE u.user_id = $1 AND u.disabled_at IS NULL`,
  (row: UserColumns) => userOf(row),
);
// The second of two at once waits here for the first, and then finds it.
const ADD = statement(
  'federated_identity_add',
  `INSERT INTO federated_identities (connection, subject, user_id, last_used_at) VALUES ($1, $2, $3, clock_timestamp())
   ON CONFLICT (connection, subject) DO NOTHING RETURNING user_id`,
  ({ user_id: userId }: { user_id: string }) => userId,
);
const HOLDER = statement(
  'federated_identity_holder',
  'SELECT user_id FROM federated_identities WHERE connection = $1 AND subject = $2',
  ({ user_id: userId }: { user_id: string }) => userId,
);
const ADD_USER = statement<{ user_id: string }>(
  'federated_user_add',
  `INSERT INTO users (user_id, email, email_key, email_verified, claims) VALUES ($1, $2, $3, $4, $5)
   ON CONFLICT (email_key) DO NOTHING RETURNING user_id`,
);
const OF_USER = statement(
  'federated_identities_of_user',
  `SELECT connection, subject, floor(extract(epoch FROM created_at))::float8 AS created_at,
          floor(extract(epoch FROM last_used_at))::float8 AS last_used_at
     FROM federated_identities WHERE user_id = $1 ORDER BY created_at, connection, subject`,
  (row: { connection: string; subject: string; created_at: number; last_used_at: number | null }): LinkedIdentity => ({
    ...{ connection: row.connection, subject: row.subject, createdAt: row.created_at },
    ...(row.last_used_at === null ? {} : { lastUsedAt: row.last_used_at }),
  }),
);
const REMOVE = statement<{ subject: string }>(
  'federated_identity_remove',
  `DELETE FROM federated_identities WHERE user_id = $1 AND connection = $2 AND subject = $3 RETURNING subject`,
);

/** No address has this form, so an address that nobody has verified is neither found by it nor kept from its owner. */
const keyOf = (userId: string, { email, emailVerified }: FederatedUser): string =>
  emailVerified ? emailKey(email) : unprovenKey(userId);

/** Users' identities at other providers and directories. */
export class FederatedIdentityStore {
  constructor(private readonly database: Database) {}

  /** The user of an identity, noting that it was used: undefined when nobody has it, `'disabled'` when that user is. */
  async use({ connection, subject }: FederatedIdentity): Promise<User | 'disabled' | undefined> {
    const userId = await this.database.first(USE, [connection, subject]);
    return userId === undefined ? undefined : ((await this.database.first(USER, [userId])) ?? 'disabled');
  }

  /**
   * Makes the user of an identity that nobody has. Of two sign-ins at once one makes the user and both get the same.
   *
   * @returns the user's id, or undefined when the verified address is another user's: nothing was made.
   */
  async add({ connection, subject }: FederatedIdentity, user: FederatedUser): Promise<string | undefined> {
    const userId = newUserId();
    try {
      return await this.database.transaction(async (queries) => {
        const added = await queries.first(ADD, [connection, subject, userId]);
        if (added === undefined) return await queries.first(HOLDER, [connection, subject]);
        const { email, emailVerified, claims } = user;
        const values = [userId, email, keyOf(userId, user), emailVerified, JSON.stringify(claims)];
        if ((await queries.first(ADD_USER, values)) === undefined) throw new AddressTaken();
        return userId;
      });
    } catch (error) {
      if (error instanceof AddressTaken) return undefined;
      throw error;
    }
  }

  /** Gives an identity to a user who has proven both; false when another user has it. */
  async link({ connection, subject }: FederatedIdentity, userId: string): Promise<boolean> {
    const added = await this.database.first(ADD, [connection, subject, userId]);
    return (added ?? (await this.database.first(HOLDER, [connection, subject]))) === userId;
  }

  ofUser(userId: string): Promise<readonly LinkedIdentity[]> {
    return this.database.all(OF_USER, [userId]);
  }

  /** Takes an identity from its user: `gone` when it is not theirs, `last` when it is their last way to sign in. */
  async unlink(
    { connection, subject }: FederatedIdentity,
    userId: string,
    ways: WaysToSignIn,
  ): Promise<'removed' | 'last' | 'gone'> {
    const removed = await takeWay(this.database, userId, ways, (queries) =>
      queries.first(REMOVE, [userId, connection, subject]),
    );
    if (removed === undefined) return 'gone';
    return removed === 'last' ? 'last' : 'removed';
  }
}
