import type { User } from '@tandem/protocol';

/** Columns that make a `User`, from a table alias `u`; instants as epoch seconds. */
export const USER_COLUMNS = `u.user_id, u.email, u.email_verified, u.claims,
  floor(extract(epoch FROM u.updated_at))::float8 AS user_updated_at`;

export interface UserColumns {
  readonly user_id: string;
  readonly email: string;
  readonly email_verified: boolean;
  readonly claims: User['claims'];
  readonly user_updated_at: number;
}

export const userOf = (row: UserColumns): User => ({
  userId: row.user_id,
  email: row.email,
  emailVerified: row.email_verified,
  claims: row.claims,
  updatedAt: row.user_updated_at,
});
