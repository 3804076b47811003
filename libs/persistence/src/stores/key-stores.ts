import type { PublicJwk } from '@tandem/protocol';
import type { Repository } from 'typeorm';
import { statement } from '../database.js';
import type { Database, Queries } from '../database.js';
import { SigningKeyEntity } from '../entities/index.js';
import type { SigningKeyRow } from '../entities/index.js';
import { enqueue } from './outbox-store.js';

/** A signing key as stored; the private part is sealed under the key-encryption key. */
export interface SealedSigningKey {
  readonly kid: string;
  readonly alg: string;
  readonly publicJwk: PublicJwk;
  readonly sealedPrivate: Buffer;
  readonly activeFrom: Date;
  readonly createdAt?: Date;
  readonly retiredAt?: Date;
}

const KEY_LOCK = statement('signing_key_lock', 'SELECT pg_advisory_xact_lock(7264613)');
const INSERT_KEY = statement(
  'signing_key_insert',
  `INSERT INTO signing_keys (kid, alg, public_jwk, sealed_private, active_from) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (kid) DO NOTHING`,
);
const LIVE_KEYS = statement<{
  kid: string;
  alg: string;
  public_jwk: PublicJwk;
  sealed_private: Buffer;
  active_from: Date;
  created_at: Date;
}>(
  'signing_key_live',
  'SELECT kid, alg, public_jwk, sealed_private, active_from, created_at FROM signing_keys WHERE retired_at IS NULL ORDER BY active_from, kid',
);
const RETIRE = statement(
  'signing_key_retire',
  'UPDATE signing_keys SET retired_at = clock_timestamp() WHERE kid = ANY ($1) AND retired_at IS NULL',
);
const ADD_SECRET = statement(
  'secret_add',
  'INSERT INTO secrets (name, sealed) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING',
);
const FIND_SECRET = statement<{ sealed: Buffer }>('secret_find', 'SELECT sealed FROM secrets WHERE name = $1');

/** Signing keys, pending and active; retired ones are kept out of the way. */
export class SigningKeyStore {
  private readonly repository: Repository<SigningKeyRow>;

  constructor(private readonly database: Database) {
    this.repository = database.dataSource.getRepository(SigningKeyEntity);
  }

  async live(): Promise<readonly SealedSigningKey[]> {
    return liveIn(this.database);
  }

  /** Changes the key set under a lock, so that of several replicas one rotates and the others see the result. */
  async change(
    plan: (
      live: readonly SealedSigningKey[],
    ) => Promise<{ readonly add: readonly SealedSigningKey[]; readonly retire: readonly string[] }>,
  ): Promise<readonly SealedSigningKey[]> {
    return this.database.transaction(async (queries) => {
      await queries.all(KEY_LOCK, []);
      const { add, retire } = await plan(await liveIn(queries));
      for (const key of add)
        await queries.all(INSERT_KEY, [
          key.kid,
          key.alg,
          JSON.stringify(key.publicJwk),
          key.sealedPrivate,
          key.activeFrom,
        ]);
      if (retire.length > 0) await queries.all(RETIRE, [retire]);
      if (add.length + retire.length > 0) await enqueue(queries, 'keys', { type: 'keys.rotated' });
      return liveIn(queries);
    });
  }

  async all(): Promise<readonly SigningKeyRow[]> {
    return this.repository.find({ order: { activeFrom: 'ASC' } });
  }
}

const liveIn = async (queries: Queries): Promise<readonly SealedSigningKey[]> =>
  (await queries.all(LIVE_KEYS, [])).map((row) => ({
    kid: row.kid,
    alg: row.alg,
    publicJwk: row.public_jwk,
    sealedPrivate: row.sealed_private,
    activeFrom: row.active_from,
    createdAt: row.created_at,
  }));

/** Keys of our own that never sign: pairwise subjects, client secrets' pepper, refresh derivation. Sealed like the others. */
export class SecretStore {
  constructor(private readonly database: Database) {}

  /** The secret of that name; the first caller's `sealed` becomes it. */
  async findOrAdd(name: string, sealed: Buffer): Promise<Buffer> {
    await this.database.all(ADD_SECRET, [name, sealed]);
    return (await this.database.first(FIND_SECRET, [name]))?.sealed ?? sealed;
  }
}
