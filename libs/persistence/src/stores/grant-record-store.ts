import { statement } from '../database.js';
import type { Database } from '../database.js';
import { RECORD_COLUMNS } from './grant-record.js';
import type { ContentsRow } from './grant-record.js';

/** A grant as its row says it, alive or not; instants are epoch seconds. */
export interface RecordedGrant {
  readonly grantId: string;
  readonly userId: string;
  readonly clientId: string;
  readonly sid: string;
  readonly scope: readonly string[];
  readonly audience: readonly string[];
  readonly expiresAt: number;
  readonly createdAt: number;
  readonly ended: boolean;
}

interface Row extends ContentsRow {
  readonly created: number;
  readonly ended: boolean;
}

const COLUMNS = `${RECORD_COLUMNS}, floor(extract(epoch FROM created_at))::float8 AS created, revoked_at IS NOT NULL AS ended`;
const recordedOf = (row: Row): RecordedGrant => ({
  grantId: row.grant_id,
  userId: row.user_id,
  clientId: row.client_id,
  sid: row.sid,
  scope: row.scope,
  audience: row.audience,
  expiresAt: row.expires_at,
  createdAt: row.created,
  ended: row.ended,
});
const PAGE = statement(
  'grant_record_page',
  `SELECT ${COLUMNS} FROM grants WHERE grant_id > $1 ORDER BY grant_id LIMIT $2`,
  recordedOf,
);
const OF = statement('grant_record_of', `SELECT ${COLUMNS} FROM grants WHERE grant_id = ANY ($1::text[])`, recordedOf);

/** Every grant that there is, for whoever compares it with what was told. */
export class GrantRecordStore {
  constructor(private readonly database: Database) {}

  /** At most `limit` grants, by their ids, after the one that ended the page before. */
  page(after: string, limit: number): Promise<readonly RecordedGrant[]> {
    return this.database.all(PAGE, [after, limit]);
  }

  of(grantIds: readonly string[]): Promise<readonly RecordedGrant[]> {
    return this.database.all(OF, [grantIds]);
  }
}
