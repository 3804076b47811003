import { DataSource, type DataSourceOptions } from 'typeorm';
import type { Pool, PoolClient } from 'pg';
import { ENTITIES } from './entities/index.js';
import { StorageUnavailable, toStorageError } from './storage-unavailable.js';

/** A statement that PostgreSQL prepares once per connection under its name. `row` turns a result row into the model. */
export interface Statement<Row> {
  readonly name: string;
  readonly text: string;
  readonly row: (raw: never) => Row;
}

/** Declares a prepared statement; the type parameter is the shape of its raw rows. */
export function statement<Raw, Row = Raw>(
  name: string,
  text: string,
  row: (raw: Raw) => Row = (raw) => raw as unknown as Row,
): Statement<Row> {
  // pg copies what it is given, own property by own property, for every query: so they are none.
  return Object.create({ name, text, row }) as Statement<Row>;
}

/** What can run statements: the pool, or one connection inside a transaction. */
export interface Queries {
  all<Row>(statement: Statement<Row>, values: readonly unknown[]): Promise<readonly Row[]>;
  first<Row>(statement: Statement<Row>, values: readonly unknown[]): Promise<Row | undefined>;
}

/** How long the server and we are patient; milliseconds. The client-side ones also work while the server is frozen. */
const TIMEOUTS = { connect: 800, query: 1_500, statement: 1_200, lock: 500, idleInTransaction: 3_000 } as const;
/**
 * A prepared plan lives until the statistics change. Made while a table was small it would read all of it, and go on so
 * while it grows; every statement has its index. Without it, the reading of a whole table is priced so high that PostgreSQL
 * would compile the statement first.
 */
const PLANNER = '-c enable_seqscan=off -c jit=off';
/** Statements that may wait for a connection of the pool. */
export const MAXIMUM_WAITERS = 200;

export interface DatabaseOptions {
  readonly url: string;
  readonly poolSize?: number;
  readonly onError?: (error: Error) => void;
}

/** Options of the one DataSource of a process. */
export function dataSourceOptions({ url, poolSize = 10, onError }: DatabaseOptions): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    entities: [...ENTITIES],
    synchronize: false,
    logging: false,
    poolSize,
    ...(onError === undefined ? {} : { poolErrorHandler: onError }),
    extra: {
      connectionTimeoutMillis: TIMEOUTS.connect,
      query_timeout: TIMEOUTS.query,
      statement_timeout: TIMEOUTS.statement,
      lock_timeout: TIMEOUTS.lock,
      idle_in_transaction_session_timeout: TIMEOUTS.idleInTransaction,
      // Idle connections keep their prepared statements.
      idleTimeoutMillis: 0,
      keepAlive: true,
      options: PLANNER,
    },
  };
}

async function run<Row>(
  queryable: Pick<PoolClient, 'query'>,
  statement: Statement<Row>,
  values: readonly unknown[],
): Promise<readonly Row[]> {
  try {
    const { rows } = await queryable.query(statement, values as unknown[]);
    return rows.map((raw) => statement.row(raw as never));
  } catch (error) {
    throw toStorageError(error);
  }
}

/** The issuing path's way to PostgreSQL: named prepared statements on TypeORM's own pool. */
export class Database implements Queries {
  private readonly pool: Pool;

  constructor(readonly dataSource: DataSource) {
    this.pool = (dataSource.driver as unknown as { readonly master: Pool }).master;
  }

  all<Row>(statement: Statement<Row>, values: readonly unknown[]): Promise<readonly Row[]> {
    this.refuseWhenFull();
    return run(this.pool, statement, values);
  }

  async first<Row>(statement: Statement<Row>, values: readonly unknown[]): Promise<Row | undefined> {
    return (await this.all(statement, values))[0];
  }

  /** Runs `work` between BEGIN and COMMIT on one connection; whatever it throws rolls back. */
  async transaction<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result> {
    this.refuseWhenFull();
    const client = await this.pool.connect().catch((error: unknown) => {
      throw toStorageError(error);
    });
    const queries: Queries = {
      all: (statement, values) => run(client, statement, values),
      first: async (statement, values) => (await run(client, statement, values))[0],
    };
    let broken: Error | undefined;
    // A connection that is lost between two statements says so by an event; unheard, it would end the process.
    const lost = (error: Error): void => {
      broken = error;
    };
    client.on('error', lost);
    try {
      await client.query('BEGIN');
      const result = await work(queries);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      broken = await client.query('ROLLBACK').then(
        () => undefined,
        (cause: Error) => cause,
      );
      throw toStorageError(error);
    } finally {
      client.off('error', lost);
      // A connection whose state is unknown is thrown away, so that the server rolls back what it still holds.
      client.release(broken);
    }
  }

  /** One connection of our own outside the pool's rotation, for LISTEN. */
  connection(): Promise<PoolClient> {
    return this.pool.connect();
  }

  /** The database's clock, whole seconds since the epoch. */
  async now(): Promise<number> {
    return (await this.first(NOW, []))?.now ?? Number.NaN;
  }

  async ping(): Promise<boolean> {
    return (await this.first(PING, [])) !== undefined;
  }

  /** Statements waiting for a connection: a queue without end would only answer late. */
  get waiting(): number {
    return this.pool.waitingCount;
  }

  private refuseWhenFull(): void {
    if (this.pool.waitingCount >= MAXIMUM_WAITERS)
      throw new StorageUnavailable('too many statements are waiting for a connection');
  }
}

const PING = statement<{ one: number }>('ping', 'SELECT 1 AS one');
const NOW = statement<{ now: number }>('now', 'SELECT floor(extract(epoch FROM clock_timestamp()))::float8 AS now');
