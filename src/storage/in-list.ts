/** The parameters of an `IN (…)`, with the question marks that stand for them. */
export interface InList<Item> {
  readonly marks: string;
  readonly params: readonly Item[];
}

/**
 * For any number of items but none, statements of a few lengths only, as each text of a statement is prepared once and
 * kept: the last item is repeated up to the next power of two.
 */
export function inList<Item>(items: readonly [Item, ...Item[]]): InList<Item> {
  const count = 2 ** Math.ceil(Math.log2(items.length));
  const last = items[items.length - 1] ?? items[0];
  const params = [...items, ...Array<Item>(count - items.length).fill(last)];
  return { marks: params.map(() => '?').join(', '), params };
}

/** True for a list that `inList` takes. */
export const isSome = <Item>(items: readonly Item[]): items is readonly [Item, ...Item[]] => items.length > 0;
