import { PENDING_LINK } from '@tandem/protocol';
import type { AuthorizationParameters, Interaction, ProvenFactor } from '@tandem/protocol';
import { statement } from '../database.js';
import type { Database } from '../database.js';
import { auditRows, writeAudit } from './audit-store.js';
import type { AuditEvent } from './audit-store.js';
import { lookUp } from './look-up.js';
import { joinUserAndConsent, LIVE_SESSION, SIGN_IN_COLUMNS, signInOf } from './session-store.js';
import type { SignIn, SignInRow } from './session-store.js';

interface Row {
  readonly interaction_id: string;
  readonly client_id: string;
  readonly parameters: AuthorizationParameters;
  readonly logged_in_at: number | null;
  readonly consent: 'accepted' | 'denied' | null;
  readonly consented_sid: string | null;
  readonly chosen_sid: string | null;
  readonly created_at: number;
  readonly login_state: Interaction['loginState'];
  readonly proven: ProvenFactor | null;
}

const KEEP = statement(
  'interaction_keep',
  `INSERT INTO interactions (interaction_id, browser_hash, client_id, parameters, expires_at, chosen_sid)
   VALUES ($1, $2, $3, $4, clock_timestamp() + make_interval(secs => $5), $6)`,
);
const COLUMNS = `i.interaction_id, i.client_id, i.parameters, floor(extract(epoch FROM i.logged_in_at))::float8 AS logged_in_at,
  i.consent, i.consented_sid, floor(extract(epoch FROM i.created_at))::float8 AS created_at, i.login_state, i.proven, i.chosen_sid`;
const WAITING = 'i.interaction_id = $1 AND i.browser_hash = $2 AND i.expires_at > clock_timestamp()';
const interactionOf = (row: Row): Interaction => ({
  interactionId: row.interaction_id,
  clientId: row.client_id,
  parameters: row.parameters,
  createdAt: row.created_at,
  loginState: row.login_state,
  ...(row.proven === null ? {} : { proven: row.proven }),
  ...(row.logged_in_at === null ? {} : { loggedInAt: row.logged_in_at }),
  ...(row.consent === null ? {} : { consent: row.consent }),
  ...(row.consented_sid === null ? {} : { consentedSid: row.consented_sid }),
  ...(row.chosen_sid === null ? {} : { chosenSid: row.chosen_sid }),
});
const FIND = statement('interaction_find', `SELECT ${COLUMNS} FROM interactions i WHERE ${WAITING}`, interactionOf);
const joinSignIn = (key: string): string =>
  `LEFT JOIN (${lookUp('sessions s', key)} ${joinUserAndConsent('i.client_id')}) ON ${LIVE_SESSION}`;
const withSignInOf = (row: Row & (SignInRow | { readonly sid: null })): InteractionWithSignIn => ({
  interaction: interactionOf(row),
  ...(row.sid === null ? {} : { signIn: signInOf(row) }),
});
const FIND_WITH_SIGN_IN = statement(
  'interaction_find_with_sign_in',
  `SELECT ${COLUMNS}, ${SIGN_IN_COLUMNS} FROM interactions i ${joinSignIn('cookie_hash = $3')} WHERE ${WAITING}`,
  withSignInOf,
);
const LOGGED_IN = statement(
  'interaction_logged_in',
  `WITH told AS (${writeAudit('$3')}),
   i AS (
     UPDATE interactions SET logged_in_at = clock_timestamp(), consent = NULL, consented_sid = NULL, login_state = '{}', proven = NULL,
                             chosen_sid = $2
      WHERE interaction_id = $1 RETURNING *)
   SELECT ${COLUMNS}, ${SIGN_IN_COLUMNS} FROM i ${joinSignIn('sid = $2')}`,
  withSignInOf,
);
const CHOSEN = statement(
  'interaction_chosen',
  `UPDATE interactions SET chosen_sid = $2, logged_in_at = NULL, consent = NULL, consented_sid = NULL
    WHERE interaction_id = $1`,
);
const KEEP_STATE = statement(
  'interaction_keep_login_state',
  'UPDATE interactions SET login_state = login_state || jsonb_build_object($2::text, $3::jsonb) WHERE interaction_id = $1',
);
// Row lock and re-check: of two answers to one challenge only one finds it.
const TAKE_STATE = statement(
  'interaction_take_login_state',
  `UPDATE interactions i SET login_state = i.login_state - $2::text FROM
     (SELECT interaction_id, login_state -> $2::text AS taken FROM interactions WHERE interaction_id = $1 FOR UPDATE) held
    WHERE i.interaction_id = held.interaction_id AND held.taken IS NOT NULL RETURNING held.taken`,
  (row: { taken: unknown }) => row.taken,
);
const RESTART = statement(
  'interaction_restart_login',
  "UPDATE interactions SET login_state = '{}', proven = NULL WHERE interaction_id = $1",
);
// An identity that waits for its user's proof waits for the second factor too.
const PROVEN = statement(
  'interaction_proven',
  `UPDATE interactions SET proven = $2, login_state = jsonb_strip_nulls(jsonb_build_object('${PENDING_LINK}', login_state -> '${PENDING_LINK}'))
    WHERE interaction_id = $1`,
);
const END = statement('interaction_end', 'DELETE FROM interactions WHERE interaction_id = $1');

/** A request that waits, and the live sign-in that it was looked up with. */
export interface InteractionWithSignIn {
  readonly interaction: Interaction;
  readonly signIn?: SignIn;
}

/** Requests that wait for their user. Each is bound to the browser that made it. */
export class InteractionStore {
  constructor(private readonly database: Database) {}

  async keep(
    interaction: Pick<Interaction, 'interactionId' | 'clientId' | 'parameters' | 'chosenSid'>,
    browserHash: Buffer,
    lifetimeSeconds: number,
  ): Promise<void> {
    const { interactionId, clientId, parameters, chosenSid } = interaction;
    await this.database.all(KEEP, [
      ...[interactionId, browserHash, clientId, JSON.stringify(parameters), lifetimeSeconds, chosenSid ?? null],
    ]);
  }

  find(interactionId: string, browserHash: Buffer): Promise<Interaction | undefined> {
    return this.database.first(FIND, [interactionId, browserHash]);
  }

  /** As `find`, with the live sign-in of a cookie and its user's consent to the client; one round trip. */
  findWithSignIn(
    interactionId: string,
    browserHash: Buffer,
    cookieHash: Buffer,
  ): Promise<InteractionWithSignIn | undefined> {
    return this.database.first(FIND_WITH_SIGN_IN, [interactionId, browserHash, cookieHash]);
  }

  /**
   * A new sign-in is the one that the request is about; it voids an answer that another session gave. Writes the event too.
   *
   * @returns what stands there now; undefined when the request waits no more.
   */
  loggedIn(interactionId: string, sid: string, event: AuditEvent): Promise<InteractionWithSignIn | undefined> {
    return this.database.first(LOGGED_IN, [interactionId, sid, auditRows([event])]);
  }

  /** Notes which of the browser's sign-ins the request is about; what another one did for it counts no more. */
  async chosen(interactionId: string, sid: string): Promise<void> {
    await this.database.all(CHOSEN, [interactionId, sid]);
  }

  /** What a login method keeps for its next step; it replaces what the method kept before. */
  async keepLoginState(interactionId: string, method: string, state: unknown): Promise<void> {
    await this.database.all(KEEP_STATE, [interactionId, method, JSON.stringify(state)]);
  }

  /** What a method kept, taken away: an answer to it counts once. */
  takeLoginState(interactionId: string, method: string): Promise<unknown> {
    return this.database.first(TAKE_STATE, [interactionId, method]);
  }

  /** Forgets every step of the sign-in so far: the user wants another way. */
  async restartLogin(interactionId: string): Promise<void> {
    await this.database.all(RESTART, [interactionId]);
  }

  /** The first factor is proven; there is no session before the second one is. */
  async proven(interactionId: string, factor: ProvenFactor): Promise<void> {
    await this.database.all(PROVEN, [interactionId, JSON.stringify(factor)]);
  }

  async end(interactionId: string): Promise<void> {
    await this.database.all(END, [interactionId]);
  }
}
