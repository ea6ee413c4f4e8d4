import { DomainError } from '../../kernel/domain-error.js';

/** SQLite's result codes that say "not now" rather than "wrong statement" (sqlite.org/rescode.html). */
const unavailable = [
  'SQLITE_FULL',
  'SQLITE_BUSY',
  'SQLITE_LOCKED',
  'SQLITE_IOERR',
  'SQLITE_CANTOPEN',
  'SQLITE_READONLY',
];

/** A failure of the disk or of a lock as `storage_unavailable`; anything else as it was. */
export function toStorageError(error: unknown): unknown {
  const code = codeOf(error) ?? codeOf((error as { driverError?: unknown } | undefined)?.driverError);
  if (!code || !unavailable.some((name) => code.startsWith(name))) return error;
  return new DomainError(
    'storage_unavailable',
    'The database cannot be written at the moment.',
    {},
    { cause: error },
  );
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : undefined;
}
