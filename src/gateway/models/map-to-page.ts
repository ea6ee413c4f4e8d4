/** Which of a list are wanted; without `limit`, all that are left. */
export interface PageOf {
  readonly limit?: number;
  readonly after_id?: string;
  readonly before_id?: string;
}

export interface Page<Item> {
  readonly data: readonly Item[];
  /** Whether there are more in the direction of the page. */
  readonly has_more: boolean;
  readonly first_id: string | null;
  readonly last_id: string | null;
}

/**
 * A page of a list in its order: what comes after one item, or the last of what comes before another. An item that is not
 * there bounds nothing. Pure.
 */
export function mapToPage<Item extends { readonly id: string }>(
  items: readonly Item[],
  { limit = Infinity, after_id, before_id }: PageOf,
): Page<Item> {
  const from = after_id === undefined ? 0 : items.findIndex(({ id }) => id === after_id) + 1;
  const before = before_id === undefined ? -1 : items.findIndex(({ id }) => id === before_id);
  const left = items.slice(from, before === -1 ? undefined : before);
  const isBackwards = before_id !== undefined && after_id === undefined;
  const data = isBackwards ? left.slice(Math.max(0, left.length - limit)) : left.slice(0, limit);
  return {
    data,
    has_more: data.length < left.length,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
  };
}
