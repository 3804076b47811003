import type { Client } from '@tandem/protocol';
import type { Repository } from 'typeorm';
import { statement } from '../database.js';
import type { Database } from '../database.js';
import { ClientEntity } from '../entities/index.js';
import type { ClientRow } from '../entities/index.js';
import { enqueue } from './outbox-store.js';
import { revokeIn } from './revocation-store.js';

interface Row {
  readonly client_id: string;
  readonly definition: ClientRow['definition'];
  readonly disabled_at: number | null;
}

const FIND = statement(
  'client_find',
  'SELECT client_id, definition, floor(extract(epoch FROM disabled_at))::float8 AS disabled_at FROM clients WHERE client_id = $1',
  (row: Row): Client => ({
    clientId: row.client_id,
    ...row.definition,
    ...(row.disabled_at === null ? {} : { disabledAt: row.disabled_at }),
  }),
);
const KEEP = statement(
  'client_keep',
  `INSERT INTO clients (client_id, definition, registration_token_hash) VALUES ($1, $2, $3)
   ON CONFLICT (client_id) DO UPDATE
     SET definition = excluded.definition, updated_at = clock_timestamp(),
         registration_token_hash = coalesce(excluded.registration_token_hash, clients.registration_token_hash)`,
);
const DISABLE = statement<{ client_id: string }>(
  'client_disable',
  'UPDATE clients SET disabled_at = clock_timestamp() WHERE client_id = $1 AND disabled_at IS NULL RETURNING client_id',
);
const WEB_ORIGIN = statement<{ known: boolean }>(
  'client_web_origin',
  `SELECT EXISTS (SELECT FROM clients WHERE disabled_at IS NULL AND definition->'webOrigins' ? $1) AS known`,
);
const DELETE = statement<{ client_id: string }>(
  'client_delete',
  'DELETE FROM clients WHERE client_id = $1 RETURNING client_id',
);

const CACHE_SECONDS = 30;
const CACHE_SIZE = 10_000;
const LONGEST_ACCESS_TOKEN_SECONDS = 86_400;

/**
 * Registered clients. Found ones are cached for a short while; every change goes through here and drops the copy, and
 * `client.changed` and `client.disabled` events drop it in the other replicas.
 */
export class ClientStore {
  private readonly cache = new Map<string, { readonly client: Client; readonly until: number }>();
  private readonly repository: Repository<ClientRow>;

  constructor(private readonly database: Database) {
    this.repository = database.dataSource.getRepository(ClientEntity);
  }

  /** The client, disabled or not; undefined when there is none. */
  async find(clientId: string): Promise<Client | undefined> {
    const now = performance.now();
    const cached = this.cache.get(clientId);
    if (cached !== undefined && cached.until > now) return cached.client;
    const client = await this.database.first(FIND, [clientId]);
    if (this.cache.size >= CACHE_SIZE) this.cache.clear();
    if (client === undefined) this.cache.delete(clientId);
    else this.cache.set(clientId, { client, until: now + CACHE_SECONDS * 1_000 });
    return client;
  }

  /** Whether any client registered this browser origin. */
  async isWebOrigin(origin: string): Promise<boolean> {
    return (await this.database.first(WEB_ORIGIN, [origin]))?.known === true;
  }

  /** Drops the copy of a client, or of all of them. */
  forget(clientId?: string): void {
    if (clientId === undefined) this.cache.clear();
    else this.cache.delete(clientId);
  }

  /** Adds or replaces a client and tells the other replicas. */
  async keep(client: Client, registrationTokenHash?: Buffer): Promise<void> {
    const { clientId, disabledAt: _, ...definition } = client;
    await this.database.transaction(async (queries) => {
      await queries.all(KEEP, [clientId, JSON.stringify(definition), registrationTokenHash ?? null]);
      await enqueue(queries, `client:${clientId}`, { type: 'client.changed', clientId });
    });
    this.forget(clientId);
  }

  /** Disables a client: its tokens issued until now are dead, and it gets no new ones. */
  async disable(clientId: string, now: number): Promise<boolean> {
    const done = await this.database.transaction(async (queries) => {
      const disabled = await queries.first(DISABLE, [clientId]);
      if (disabled === undefined) return false;
      await revokeIn(queries, 'client', clientId, LONGEST_ACCESS_TOKEN_SECONDS);
      await enqueue(queries, `client:${clientId}`, { type: 'client.disabled', clientId, notBefore: now });
      return true;
    });
    this.forget(clientId);
    return done;
  }

  /** Removes a client for good; its tokens die as with `disable`. */
  async remove(clientId: string, now: number): Promise<boolean> {
    await this.disable(clientId, now);
    const removed = await this.database.first(DELETE, [clientId]);
    this.forget(clientId);
    return removed !== undefined;
  }

  /** SHA-256 of the registration access token that manages this client (RFC 7592). */
  async registrationTokenHash(clientId: string): Promise<Buffer | undefined> {
    const row = await this.repository.findOneBy({ clientId });
    return row?.registrationTokenHash ?? undefined;
  }

  async all(): Promise<readonly Client[]> {
    const rows = await this.repository.find({ order: { clientId: 'ASC' } });
    return rows.map(({ clientId, definition, disabledAt }) => ({
      clientId,
      ...definition,
      ...(disabledAt === null ? {} : { disabledAt: Math.floor(disabledAt.getTime() / 1_000) }),
    }));
  }
}
