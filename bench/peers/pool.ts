import pg from 'pg';

/**
 * The pool of a peer, with Tandem's settings: as many connections, and plans that read no table from end to end however
 * small it was when they were made.
 */
export const poolOf = (connectionString: string | undefined): pg.Pool =>
  new pg.Pool({ connectionString, max: 10, options: '-c enable_seqscan=off -c jit=off' });
