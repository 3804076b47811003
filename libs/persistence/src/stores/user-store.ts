import { randomBytes } from 'node:crypto';
import type { User } from '@tandem/protocol';
import { statement } from '../database.js';
import type { Database, Queries } from '../database.js';
import { revokeGrantIn } from './grant-store.js';
import type { RevokeReason } from './grant-store.js';
import { enqueue } from './outbox-store.js';
import { revokeIn } from './revocation-store.js';
import { endSessionsIn } from './session-store.js';
import { USER_COLUMNS, userOf } from './user-columns.js';
import type { UserColumns } from './user-columns.js';

/** A user with what the password is checked against. */
export interface UserCredential {
  readonly user: User;
  readonly passwordHash?: string;
}

/** Begins the key of an address that is nobody's mailbox as far as is known. No address begins so once it has an `@`. */
const UNPROVEN = '~';

export const unprovenKey = (userId: string): string => `${UNPROVEN}${userId}`;

/** Where mail about the account may go: only to an address that leads to it. */
export const mailboxOf = ({ email, emailKey: key }: Pick<User, 'email' | 'emailKey'>): string | undefined =>
  key.startsWith(UNPROVEN) && !key.includes('@') ? undefined : email;

/** One spelling per address, so that case and compatibility characters can't make a second account. */
export const emailKey = (email: string): string => email.normalize('NFKC').trim().toLowerCase();

const credentialOf = (row: UserColumns & { readonly password_hash: string | null }): UserCredential => ({
  user: userOf(row),
  ...(row.password_hash === null ? {} : { passwordHash: row.password_hash }),
});

const BY_EMAIL = statement(
  'user_by_email',
  `SELECT ${USER_COLUMNS}, u.password_hash FROM users u WHERE u.email_key = $1 AND u.disabled_at IS NULL`,
  credentialOf,
);
const FIND = statement(
  'user_find',
  `SELECT ${USER_COLUMNS} FROM users u WHERE u.user_id = $1 AND u.disabled_at IS NULL`,
  (row: UserColumns) => userOf(row),
);
// One statement, so that replicas which start at once with the same file agree on one id.
const KEEP = statement<{ user_id: string }>(
  'user_keep',
  `INSERT INTO users (user_id, email, email_key, email_verified, claims, password_hash, declared_hash)
   VALUES ($1, $2, $3, $4, $5, $6, $7)
   ON CONFLICT (email_key) DO UPDATE
     SET email = excluded.email, email_verified = excluded.email_verified, claims = excluded.claims,
         password_hash = coalesce(excluded.password_hash, users.password_hash),
         declared_hash = coalesce(excluded.declared_hash, users.declared_hash), updated_at = clock_timestamp()
   RETURNING user_id`,
);
// A race of two sign-ups for one address has one winner: the other one gets no row.
const ADD = statement<{ user_id: string }>(
  'user_add',
  `INSERT INTO users (user_id, email, email_key, email_verified, claims, password_hash) VALUES ($1, $2, $3, true, $4, $5)
   ON CONFLICT (email_key) DO NOTHING RETURNING user_id`,
);
const CREDENTIAL = statement(
  'user_credential',
  `SELECT ${USER_COLUMNS}, u.password_hash FROM users u WHERE u.user_id = $1 AND u.disabled_at IS NULL`,
  credentialOf,
);
const SET_PASSWORD = statement<{ user_id: string }>(
  'user_set_password',
  `UPDATE users SET password_hash = $2, updated_at = clock_timestamp()
    WHERE user_id = $1 AND disabled_at IS NULL RETURNING user_id`,
);
const VERIFY_EMAIL = statement<{ user_id: string }>(
  'user_verify_email',
  `UPDATE users SET email_verified = true, updated_at = clock_timestamp()
    WHERE user_id = $1 AND email_key = $2 AND NOT email_verified AND disabled_at IS NULL RETURNING user_id`,
);
const CHANGE_EMAIL = statement<{ user_id: string }>(
  'user_change_email',
  `UPDATE users SET email = $2, email_key = $3, email_verified = true, updated_at = clock_timestamp()
    WHERE user_id = $1 AND disabled_at IS NULL RETURNING user_id`,
);
const CHANGE_CLAIMS = statement<{ user_id: string }>(
  'user_change_claims',
  `UPDATE users SET claims = (claims - $2::text[]) || $3::jsonb, updated_at = clock_timestamp()
    WHERE user_id = $1 AND disabled_at IS NULL RETURNING user_id`,
);
const APPLIED = statement<{ user_id: string }>(
  'user_applied',
  'SELECT user_id FROM users WHERE declared_hash = $1 LIMIT 1',
);
const DISABLE = statement<{ user_id: string }>(
  'user_disable',
  'UPDATE users SET disabled_at = clock_timestamp() WHERE user_id = $1 AND disabled_at IS NULL RETURNING user_id',
);
const LIVE_GRANTS = statement<{ grant_id: string }>(
  'user_live_grants',
  'SELECT grant_id FROM grants WHERE user_id = $1 AND revoked_at IS NULL AND sid IS DISTINCT FROM $2',
);
const UNIQUE_VIOLATION = '23505';
const LONGEST_ACCESS_TOKEN_SECONDS = 86_400;

export const newUserId = (): string => `usr_${randomBytes(16).toString('base64url')}`;

/** End-users and their passwords' hashes. */
export class UserStore {
  constructor(private readonly database: Database) {}

  findByEmail(email: string): Promise<UserCredential | undefined> {
    return this.database.first(BY_EMAIL, [emailKey(email)]);
  }

  find(userId: string): Promise<User | undefined> {
    return this.database.first(FIND, [userId]);
  }

  /** Adds a user, or changes the one with the same address; keeps the id and, when none is given, the password. */
  async keep(
    user: Pick<User, 'email' | 'emailVerified' | 'claims'> & { readonly userId?: string },
    passwordHash?: string,
    declaredHash?: Buffer,
  ): Promise<string> {
    const { email, emailVerified, claims } = user;
    const kept = await this.database.first(KEEP, [
      ...[user.userId ?? newUserId(), email, emailKey(email), emailVerified],
      ...[JSON.stringify(claims), passwordHash ?? null, declaredHash ?? null],
    ]);
    return (kept as { readonly user_id: string }).user_id;
  }

  /** Adds a user whose address is proven; undefined, and nothing is changed, when the address has an account. */
  async add(email: string, claims: User['claims'], passwordHash?: string): Promise<string | undefined> {
    const values = [newUserId(), email, emailKey(email), JSON.stringify(claims), passwordHash ?? null];
    return (await this.database.first(ADD, values))?.user_id;
  }

  /** A user with the password's hash, by id. */
  findCredential(userId: string): Promise<UserCredential | undefined> {
    return this.database.first(CREDENTIAL, [userId]);
  }

  /**
   * Sets a password. Whatever the user's sessions were good for ends with it, offline access too: who knew the old
   * password has nothing left. Only `keptSid` goes on, the session in which its user changes it, with its grants.
   *
   * @returns false when the user is gone.
   */
  setPassword(userId: string, passwordHash: string, keptSid?: string): Promise<boolean> {
    return this.database.transaction(async (queries) => {
      if ((await queries.first(SET_PASSWORD, [userId, passwordHash])) === undefined) return false;
      await endSessionsIn(queries, userId, keptSid);
      await revokeGrantsIn(queries, userId, 'password_changed', keptSid);
      return true;
    });
  }

  /** Notes that the address was proven, if it still is the user's; false when that was known. */
  async verifyEmail(userId: string, email: string): Promise<boolean> {
    return (await this.database.first(VERIFY_EMAIL, [userId, emailKey(email)])) !== undefined;
  }

  /** Gives a user another address, which is proven; false when somebody has it meanwhile. */
  async changeEmail(userId: string, email: string): Promise<boolean> {
    try {
      return (await this.database.first(CHANGE_EMAIL, [userId, email, emailKey(email)])) !== undefined;
    } catch (error) {
      if ((error as { readonly code?: unknown }).code === UNIQUE_VIOLATION) return false;
      throw error;
    }
  }

  /** Sets some claims and takes others away; the rest stays, also when two forms are sent at once. */
  async changeClaims(userId: string, set: User['claims'], removed: readonly string[]): Promise<boolean> {
    return (await this.database.first(CHANGE_CLAIMS, [userId, removed, JSON.stringify(set)])) !== undefined;
  }

  /** Whether an entry of the operator's file was applied already: what its user changed since then stays. */
  async isApplied(declaredHash: Buffer): Promise<boolean> {
    return (await this.database.first(APPLIED, [declaredHash])) !== undefined;
  }

  /**
   * Disables a user: every token issued until now is dead. The grants are ended one by one, since an API that knows the
   * user by a pairwise subject can go by nothing but the grant.
   */
  disable(userId: string, now: number): Promise<boolean> {
    return this.database.transaction(async (queries) => {
      const disabled = await queries.first(DISABLE, [userId]);
      if (disabled === undefined) return false;
      await revokeIn(queries, 'user', userId, LONGEST_ACCESS_TOKEN_SECONDS);
      await enqueue(queries, `user:${userId}`, { type: 'user.disabled', userId, notBefore: now });
      await revokeGrantsIn(queries, userId, 'operator');
      return true;
    });
  }
}

async function revokeGrantsIn(
  queries: Queries,
  userId: string,
  reason: RevokeReason,
  keptSid: string | null = null,
): Promise<void> {
  const grants = await queries.all(LIVE_GRANTS, [userId, keptSid]);
  for (const { grant_id: grantId } of grants) await revokeGrantIn(queries, grantId, reason);
}
