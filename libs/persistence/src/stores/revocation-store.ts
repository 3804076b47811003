import type { RevocationEntry, RevocationSnapshotPage } from '@tandem/contracts';
import { statement } from '../database.js';
import type { Database, Queries } from '../database.js';
import { enqueue } from './outbox-store.js';

type Kind = RevocationEntry['kind'];

const REVOKE = statement<{ until: number }>(
  'revocation_keep',
  `INSERT INTO revocations AS r (kind, id, scope, until) VALUES ($1, $2, $3, clock_timestamp() + make_interval(secs => $4))
   ON CONFLICT (kind, id) DO UPDATE
     SET not_before = greatest(r.not_before, excluded.not_before), until = greatest(r.until, excluded.until),
         scope = (SELECT array_agg(DISTINCT word) FROM unnest(r.scope || excluded.scope) AS word)
   RETURNING ceil(extract(epoch FROM until))::float8 AS until`,
);

interface Row {
  readonly kind: Kind;
  readonly id: string;
  readonly scope: string[] | null;
  readonly not_before: number;
  readonly until: number;
  readonly at: number;
}

const PAGE = statement<Row>(
  'revocation_page',
  `SELECT kind, id, scope, floor(extract(epoch FROM not_before))::float8 AS not_before,
          ceil(extract(epoch FROM until))::float8 AS until, floor(extract(epoch FROM clock_timestamp()))::float8 AS at
     FROM revocations WHERE until > clock_timestamp() AND (kind, id) > ($1, $2) ORDER BY kind, id LIMIT $3`,
);
const NOW = statement<{ at: number }>('clock', 'SELECT floor(extract(epoch FROM clock_timestamp()))::float8 AS at');

/** Notes that something is dead, for `seconds` from now. Returns until when, epoch seconds. */
export async function revokeIn(
  queries: Queries,
  kind: Kind,
  id: string,
  seconds: number,
  scope?: readonly string[],
): Promise<number> {
  const kept = await queries.first(REVOKE, [kind, id, scope ?? null, seconds]);
  return kept?.until ?? 0;
}

const entryOf = ({ kind, id, scope, not_before: notBefore, until }: Row): RevocationEntry => {
  if (kind === 'grant-scope') return { kind, id, scope: scope ?? [], notBefore, until };
  return kind === 'user' || kind === 'client' ? { kind, id, notBefore, until } : { kind, id, until };
};

/** What is dead and whose tokens may still be around: the list that resource servers start from. */
export class RevocationStore {
  constructor(private readonly database: Database) {}

  /** Kills one access token by its `jti`; `exp` is its expiry in epoch seconds, `now` our clock. */
  async revokeToken(jti: string, exp: number, now: number): Promise<void> {
    if (exp <= now) return;
    await this.database.transaction(async (queries) => {
      await revokeIn(queries, 'jti', jti, exp - now + 60);
      await enqueue(queries, `token:${jti}`, { type: 'token.revoked', jti, exp });
    });
  }

  /** A page of the snapshot after the cursor that the previous page named. */
  async page(after: string | undefined, limit: number): Promise<RevocationSnapshotPage> {
    const [kind, id] = after === undefined ? ['', ''] : splitCursor(after);
    const rows = await this.database.all(PAGE, [kind, id, limit]);
    const at = rows[0]?.at ?? (await this.database.first(NOW, []))?.at ?? 0;
    const last = rows.length === limit ? rows.at(-1) : undefined;
    return { entries: rows.map(entryOf), at, ...(last === undefined ? {} : { next: `${last.kind}:${last.id}` }) };
  }
}

function splitCursor(cursor: string): readonly [string, string] {
  const colon = cursor.indexOf(':');
  return colon < 0 ? ['', ''] : [cursor.slice(0, colon), cursor.slice(colon + 1)];
}
