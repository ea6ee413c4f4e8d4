import { DomainError } from './domain-error.js';

/** An opaque page cursor: the sort keys of the last row seen, as base64url JSON. */
export const encodeCursor = (keys: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(keys)).toString('base64url');

/** The sort keys in a cursor made by encodeCursor with keys of these types; `invalid_request` for anything else. */
export function decodeCursor(cursor: string, types: readonly ('string' | 'number')[]): (string | number)[] {
  try {
    const keys: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(keys) && keys.length === types.length && types.every((type, i) => isKey(keys[i], type)))
      return keys as (string | number)[];
  } catch {
    // Not JSON: the same answer as for JSON of another shape.
  }
  const message = 'is not a cursor that this server gave out';
  throw new DomainError('invalid_request', `cursor ${message}`, { errors: [{ path: 'cursor', message }] });
}

const isKey = (key: unknown, type: 'string' | 'number'): boolean =>
  type === 'number' ? Number.isSafeInteger(key) : typeof key === 'string' && !key.includes('\0');
