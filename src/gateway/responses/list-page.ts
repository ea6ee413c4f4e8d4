import { DomainError } from '../../kernel/domain-error.js';
import type { Json } from '../dialects/codec.js';

export interface ListQuery {
  readonly limit: number;
  /** The newest first. */
  readonly isDescending: boolean;
  /** The id of the last item that is known. */
  readonly after?: string;
}

/** What a query says of a list, with OpenAI's defaults and limits. `invalid_request`. */
export function readListQuery(query: Readonly<Record<string, unknown>>): ListQuery {
  const { limit = '20', order = 'desc', after } = query;
  if (typeof limit !== 'string' || !/^\d{1,3}$/.test(limit) || Number(limit) < 1 || Number(limit) > 100)
    throw wrong('limit', 'must be a whole number from 1 to 100');
  if (order !== 'asc' && order !== 'desc') throw wrong('order', 'must be one of asc, desc');
  if (after !== undefined && typeof after !== 'string') throw wrong('after', 'must be the id of an item');
  return { limit: Number(limit), isDescending: order === 'desc', ...(after && { after }) };
}

/** The number of the last event that is known; -1 without one. `invalid_request`. */
export function readStartingAfter({ starting_after: after }: Readonly<Record<string, unknown>>): number {
  if (after === undefined) return -1;
  if (typeof after !== 'string' || !/^\d{1,15}$/.test(after))
    throw wrong('starting_after', 'must be the number of an event');
  return Number(after);
}

/** A page of items that are given oldest first. `invalid_request` for an `after` that is none of them. */
export function pageOf(items: readonly Json[], { limit, isDescending, after }: ListQuery): Json {
  const ordered = isDescending ? items.toReversed() : items;
  const known = after === undefined ? -1 : ordered.findIndex(({ id }) => id === after);
  if (after !== undefined && known < 0) throw wrong('after', 'is the id of no item in this list');
  return listOf(ordered.slice(known + 1, known + 1 + limit), ordered.length > known + 1 + limit);
}

export const listOf = (data: readonly Json[], has_more: boolean): Json => ({
  object: 'list',
  data,
  first_id: data[0]?.['id'] ?? null,
  last_id: data.at(-1)?.['id'] ?? null,
  has_more,
});

function wrong(path: string, message: string): DomainError {
  return new DomainError('invalid_request', `${path} ${message}.`, { errors: [{ path, message }] });
}
