import type { User } from '@tandem/protocol';

/** Columns that make a `User` beside the id, from a table alias `u`; instants as epoch seconds. */
export const USER_DETAILS = `u.email, u.email_key, u.email_verified, u.claims,
  floor(extract(epoch FROM u.updated_at))::float8 AS user_updated_at`;
export const USER_COLUMNS = `u.user_id, ${USER_DETAILS}`;

export interface UserColumns {
  readonly user_id: string;
  readonly email: string;
  readonly email_key: string;
  readonly email_verified: boolean;
  readonly claims: User['claims'];
  readonly user_updated_at: number;
}

export const userOf = (row: UserColumns): User => ({
  userId: row.user_id,
  email: row.email,
  emailKey: row.email_key,
  emailVerified: row.email_verified,
  claims: row.claims,
  updatedAt: row.user_updated_at,
});
