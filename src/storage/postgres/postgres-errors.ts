import { DomainError } from '../../kernel/domain-error.js';

/** SQLSTATE classes that say "not now": connection, resources, operator intervention, system (PostgreSQL App. A). */
const unavailableClasses = ['08', '53', '57', '58'];
/** lock_not_available: another unit, or somebody's console, kept the row; idle_in_transaction_session_timeout: we did. */
const timeoutCodes = ['55P03', '25P03'];
const networkCodes = ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND', 'EHOSTUNREACH'];

/** Serialization failure and deadlock: the same unit, run again, may well succeed. */
export const isWorthAnotherTry = (error: unknown): boolean =>
  ['40001', '40P01'].includes(codeOf(error) ?? '');

export function toStorageError(error: unknown): unknown {
  if (error instanceof DomainError) return error;
  const code = codeOf(error);
  const isSqlState = code?.length === 5 && unavailableClasses.includes(code.slice(0, 2));
  const isLost =
    error instanceof Error &&
    /connection terminated|timeout exceeded when trying to connect/i.test(error.message);
  const isKnown = [...timeoutCodes, ...networkCodes].includes(code ?? '');
  if (!isSqlState && !isLost && !isKnown) return error;
  return new DomainError(
    'storage_unavailable',
    'The database cannot be reached at the moment.',
    {},
    { cause: error },
  );
}

/** Why a connection failed. A name with several addresses fails with an error for each, and no message of its own. */
export const reasonOf = (error: unknown): string =>
  error instanceof AggregateError
    ? error.errors.map((each: Error) => each.message).join(', ')
    : (error as Error).message;

function codeOf(error: unknown): string | undefined {
  const found = error as { code?: unknown; driverError?: { code?: unknown } } | undefined;
  const code = found?.code ?? found?.driverError?.code;
  return typeof code === 'string' ? code : undefined;
}
