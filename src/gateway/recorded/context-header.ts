import type { IncomingHttpHeaders } from 'node:http';
import { DomainError } from '../../kernel/domain-error.js';
import { isId, type ContextId } from '../../kernel/ids.js';

export type RecordedPlace = 'new' | ContextId;

const name = 'x-pullcord-context';

/** Where a call is to be recorded; undefined when it is not. `invalid_request` for anything but an id or `new`. */
export function contextIn(headers: IncomingHttpHeaders): RecordedPlace | undefined {
  const value = headers[name];
  if (value === undefined) return undefined;
  if (value === 'new') return value;
  if (isId(value)) return value as ContextId;
  const message = 'must be the id of a context, or new';
  throw new DomainError('invalid_request', `${name} ${message}.`, { errors: [{ path: name, message }] });
}
