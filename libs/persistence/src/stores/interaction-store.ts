import type { AuthorizationParameters, Interaction } from '@tandem/protocol';
import { statement } from '../database.js';
import type { Database } from '../database.js';

interface Row {
  readonly interaction_id: string;
  readonly client_id: string;
  readonly parameters: AuthorizationParameters;
  readonly logged_in_at: number | null;
  readonly consent: 'accepted' | 'denied' | null;
  readonly consented_sid: string | null;
  readonly created_at: number;
}

const KEEP = statement(
  'interaction_keep',
  `INSERT INTO interactions (interaction_id, browser_hash, client_id, parameters, expires_at)
   VALUES ($1, $2, $3, $4, clock_timestamp() + make_interval(secs => $5))`,
);
const FIND = statement(
  'interaction_find',
  `SELECT interaction_id, client_id, parameters, floor(extract(epoch FROM logged_in_at))::float8 AS logged_in_at, consent, consented_sid,
          floor(extract(epoch FROM created_at))::float8 AS created_at
     FROM interactions WHERE interaction_id = $1 AND browser_hash = $2 AND expires_at > clock_timestamp()`,
  (row: Row): Interaction => ({
    interactionId: row.interaction_id,
    clientId: row.client_id,
    parameters: row.parameters,
    createdAt: row.created_at,
    ...(row.logged_in_at === null ? {} : { loggedInAt: row.logged_in_at }),
    ...(row.consent === null ? {} : { consent: row.consent }),
    ...(row.consented_sid === null ? {} : { consentedSid: row.consented_sid }),
  }),
);
const LOGGED_IN = statement(
  'interaction_logged_in',
  'UPDATE interactions SET logged_in_at = clock_timestamp(), consent = NULL, consented_sid = NULL WHERE interaction_id = $1',
);
const ANSWERED = statement(
  'interaction_answered',
  'UPDATE interactions SET consent = $2, consented_sid = $3 WHERE interaction_id = $1',
);
const END = statement('interaction_end', 'DELETE FROM interactions WHERE interaction_id = $1');

/** Requests that wait for their user. Each is bound to the browser that made it. */
export class InteractionStore {
  constructor(private readonly database: Database) {}

  async keep(
    interaction: Pick<Interaction, 'interactionId' | 'clientId' | 'parameters'>,
    browserHash: Buffer,
    lifetimeSeconds: number,
  ): Promise<void> {
    const { interactionId, clientId, parameters } = interaction;
    await this.database.all(KEEP, [interactionId, browserHash, clientId, JSON.stringify(parameters), lifetimeSeconds]);
  }

  find(interactionId: string, browserHash: Buffer): Promise<Interaction | undefined> {
    return this.database.first(FIND, [interactionId, browserHash]);
  }

  /** A new sign-in voids an answer that another session gave. */
  async loggedIn(interactionId: string): Promise<void> {
    await this.database.all(LOGGED_IN, [interactionId]);
  }

  async answered(interactionId: string, consent: 'accepted' | 'denied', sid: string): Promise<void> {
    await this.database.all(ANSWERED, [interactionId, consent, sid]);
  }

  async end(interactionId: string): Promise<void> {
    await this.database.all(END, [interactionId]);
  }
}
