/**
 * Joins the row of a table that a key finds, or the few that it finds, to the rows before it: `JOIN ${lookUp(…)} ON …`.
 * OFFSET 0 keeps PostgreSQL from reading the table in any other order than by that key: a plan that was made while the
 * table was small lives until the statistics change, and one that reads all of it would go on so while it grows.
 * Conditions that are not the key's belong behind ON, lest an index that has them as its own is read from end to end.
 *
 * @param table with its alias, such as `grants g`
 * @param key condition on the columns of an index
 */
export function lookUp(table: `${string} ${string}`, key: string): string {
  return `LATERAL (SELECT * FROM ${table} WHERE ${key} OFFSET 0) ${table.slice(table.indexOf(' ') + 1)}`;
}

/** Joins the live grant `g` and its user `u`, who is not disabled. */
export const joinFamily = (grantId: string): string =>
  `JOIN ${lookUp('grants g', `grant_id = ${grantId}`)} ON g.revoked_at IS NULL
   JOIN ${lookUp('users u', 'user_id = g.user_id')} ON u.disabled_at IS NULL`;
