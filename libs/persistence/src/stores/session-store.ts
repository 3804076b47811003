import type { Session, User } from '@tandem/protocol';
import { statement } from '../database.js';
import type { Database, Queries } from '../database.js';
import { ENDED_EVENT } from './grant-record.js';
import { keepLogoutDeliveries } from './logout-delivery-store.js';
import { lookUp } from './look-up.js';
import { enqueue } from './outbox-store.js';
import { revokeIn } from './revocation-store.js';
import { USER_COLUMNS, userOf } from './user-columns.js';
import type { UserColumns } from './user-columns.js';

/** A live sign-in with its user and what that user has allowed the client at hand. */
export interface SignIn {
  readonly session: Session;
  readonly user: User;
  /** Consent entries, see `consentEntries` in protocol. */
  readonly consented: readonly string[];
}

/** One of the sign-ins that a browser holds. */
export interface BrowserSignIn extends SignIn {
  /** The cookie value's hash by which it was found. */
  readonly cookieHash: Buffer;
  /** Whether something was granted to the client at hand in it. */
  readonly takesPart: boolean;
}

/** A session as its user sees it. */
export interface SessionSummary {
  readonly sid: string;
  readonly authTime: number;
  readonly userAgent?: string;
}

/** A row of `SIGN_IN_COLUMNS`. */
export interface SignInRow extends UserColumns {
  readonly sid: string;
  readonly auth_time: number;
  readonly acr: string;
  readonly amr: string[];
  readonly consented: string[] | null;
}

export const signInOf = (row: SignInRow): SignIn => ({
  session: { sid: row.sid, userId: row.user_id, authTime: row.auth_time, acr: row.acr, amr: row.amr },
  user: userOf(row),
  consented: row.consented ?? [],
});
/** Columns of a session `s` with what `joinUserAndConsent` joins to it. */
export const SIGN_IN_COLUMNS = `s.sid, extract(epoch FROM s.auth_time)::float8 AS auth_time, s.acr, s.amr, c.scope AS consented, ${USER_COLUMNS}`;
export const LIVE_SESSION = 's.ended_at IS NULL AND s.expires_at > clock_timestamp()';
export const joinUserAndConsent = (clientId: string): string =>
  `JOIN ${lookUp('users u', 'user_id = s.user_id')} ON u.disabled_at IS NULL
   LEFT JOIN ${lookUp('consents c', `user_id = s.user_id AND client_id = ${clientId}`)} ON true`;
const FIND = statement(
  'session_find',
  `SELECT ${SIGN_IN_COLUMNS} FROM sessions s ${joinUserAndConsent('$2')} WHERE s.cookie_hash = $1 AND ${LIVE_SESSION}`,
  signInOf,
);
const FIND_ALL = statement(
  'session_find_all',
  `SELECT ${SIGN_IN_COLUMNS}, s.cookie_hash,
          EXISTS (SELECT FROM grants g WHERE g.sid = s.sid AND g.client_id = $2 AND g.revoked_at IS NULL) AS takes_part
     FROM sessions s ${joinUserAndConsent('$2')}
    WHERE s.cookie_hash = ANY ($1::bytea[]) AND ${LIVE_SESSION}
    ORDER BY array_position($1::bytea[], s.cookie_hash)`,
  (row: SignInRow & { readonly cookie_hash: Buffer; readonly takes_part: boolean }): BrowserSignIn => ({
    ...signInOf(row),
    cookieHash: row.cookie_hash,
    takesPart: row.takes_part,
  }),
);
const START = statement(
  'session_start',
  `INSERT INTO sessions (sid, cookie_hash, user_id, auth_time, acr, amr, user_agent, expires_at)
   VALUES ($1, $2, $3, to_timestamp($4), $5, $6, $7, clock_timestamp() + make_interval(secs => $8))`,
);
const RENEW = statement<{ sid: string }>(
  'session_renew',
  `UPDATE sessions SET cookie_hash = $2, auth_time = to_timestamp($4), acr = $5, amr = $6, user_agent = $7,
                       expires_at = clock_timestamp() + make_interval(secs => $8)
    WHERE sid = $1 AND user_id = $3 AND ended_at IS NULL AND expires_at > clock_timestamp() RETURNING sid`,
);
const END = statement<{ user_id: string }>(
  'session_end',
  'UPDATE sessions SET ended_at = clock_timestamp() WHERE sid = $1 AND ended_at IS NULL RETURNING user_id',
);
const END_GRANTS = statement(
  'session_end_grants',
  `WITH ended AS (
     UPDATE grants SET revoked_at = clock_timestamp(), revoke_reason = 'session_ended', version = version + 1
      WHERE sid = $1 AND revoked_at IS NULL AND NOT ('offline_access' = ANY (scope))
     RETURNING grant_id, revoked_at, revoke_reason)
   INSERT INTO grant_outbox (event) SELECT ${ENDED_EVENT} FROM ended g`,
);
const CLIENTS = statement<{ client_id: string }>(
  'session_clients',
  'SELECT DISTINCT client_id FROM grants WHERE sid = $1',
);
const OF_USER = statement(
  'sessions_of_user',
  `SELECT sid, extract(epoch FROM auth_time)::float8 AS auth_time, user_agent
     FROM sessions WHERE user_id = $1 AND ended_at IS NULL AND expires_at > clock_timestamp() ORDER BY auth_time DESC LIMIT 100`,
  (row: { sid: string; auth_time: number; user_agent: string | null }): SessionSummary => ({
    sid: row.sid,
    authTime: row.auth_time,
    ...(row.user_agent === null ? {} : { userAgent: row.user_agent }),
  }),
);

/** No access token outlives this after its session ended; seconds. Bounds how long listeners remember the end. */
const LONGEST_ACCESS_TOKEN_SECONDS = 86_400;

/** Sign-ins of browsers. The cookie's value never gets here: only its SHA-256. */
export class SessionStore {
  constructor(private readonly database: Database) {}

  /** The live sign-in of a cookie, with the user's consent to `clientId`; one round trip. */
  find(cookieHash: Buffer, clientId: string): Promise<SignIn | undefined> {
    return this.database.first(FIND, [cookieHash, clientId]);
  }

  /** The live sign-ins among several cookies, in their order. */
  findAll(cookieHashes: readonly Buffer[], clientId: string): Promise<readonly BrowserSignIn[]> {
    return this.database.all(FIND_ALL, [cookieHashes, clientId]);
  }

  async start(session: Session, cookieHash: Buffer, lifetimeSeconds: number, userAgent?: string): Promise<void> {
    const { sid, userId, authTime, acr, amr } = session;
    await this.database.all(START, [sid, cookieHash, userId, authTime, acr, amr, userAgent ?? null, lifetimeSeconds]);
  }

  /** Its user has signed in again: from now on another cookie leads to it. False when it has ended meanwhile. */
  async renew(session: Session, cookieHash: Buffer, lifetimeSeconds: number, userAgent?: string): Promise<boolean> {
    const { sid, userId, authTime, acr, amr } = session;
    const values = [sid, cookieHash, userId, authTime, acr, amr, userAgent ?? null, lifetimeSeconds];
    return (await this.database.first(RENEW, values)) !== undefined;
  }

  /**
   * Ends a session with its grants that have no offline access, and tells it to the world, in one transaction.
   *
   * @returns the clients that took part in it; undefined when it had ended already.
   */
  end(sid: string): Promise<readonly string[] | undefined> {
    return this.database.transaction((queries) => endSessionIn(queries, sid));
  }

  ofUser(userId: string): Promise<readonly SessionSummary[]> {
    return this.database.all(OF_USER, [userId]);
  }
}

async function endSessionIn(queries: Queries, sid: string): Promise<readonly string[] | undefined> {
  const ended = await queries.first(END, [sid]);
  if (ended === undefined) return undefined;
  const clients = await queries.all(CLIENTS, [sid]);
  await keepLogoutDeliveries(queries, sid, ended.user_id);
  await queries.all(END_GRANTS, [sid]);
  const exp = await revokeIn(queries, 'session', sid, LONGEST_ACCESS_TOKEN_SECONDS);
  await enqueue(queries, `session:${sid}`, { type: 'session.ended', sid, userId: ended.user_id, exp });
  return clients.map(({ client_id }) => client_id);
}

/** Ends every session of a user but, if one is named, this one, within a larger change. */
export async function endSessionsIn(queries: Queries, userId: string, except?: string): Promise<void> {
  for (;;) {
    const sessions = (await queries.all(OF_USER, [userId])).filter(({ sid }) => sid !== except);
    if (sessions.length === 0) return;
    for (const { sid } of sessions) await endSessionIn(queries, sid);
  }
}
