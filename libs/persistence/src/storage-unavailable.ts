import { types } from 'node:util';

/** The database can't answer now: the request is answered with 503 and may be sent again. */
export class StorageUnavailable extends Error {
  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = 'StorageUnavailable';
  }
}

/** SQLSTATE classes that mean "not now": connection, resources, operator intervention, lock timeout. */
const TEMPORARY_STATES = /^(08|53|57|25P03|55P03|40001|40P01)/;
const TEMPORARY_ERRNO = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);
const TEMPORARY_MESSAGES = /timeout|terminated|Connection ended|not queryable|Cannot use a pool/i;

/** Tells a passing fault of the database from a bug: only the first becomes `StorageUnavailable`. */
export function toStorageError(error: unknown): unknown {
  if (!types.isNativeError(error) || error instanceof StorageUnavailable) return error;
  const code = (error as { readonly code?: unknown }).code;
  const temporary =
    typeof code === 'string'
      ? TEMPORARY_STATES.test(code) || TEMPORARY_ERRNO.has(code)
      : TEMPORARY_MESSAGES.test(error.message) || error.name === 'AggregateError';
  return temporary ? new StorageUnavailable('the database is not available', { cause: error }) : error;
}
