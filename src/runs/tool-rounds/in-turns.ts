/** Something to be done in its turn. */
export interface Turnwise {
  /** May be under way together with others that may; what may not waits for those before it, and is alone. */
  readonly isParallel: boolean;
}

export interface Doing<Item> {
  /** Called with what is about to be begun, in order, before it is. */
  readonly begin: (items: readonly Item[]) => Promise<void>;
  readonly perform: (item: Item) => Promise<void>;
  /** After this nothing more is begun. */
  readonly abort: AbortSignal;
}

/**
 * Begins items in their order, at most `limit` at once, and ends when everything that was begun has ended. Throws the
 * first failure, after which nothing more is begun; `onFailure` hears of it at once.
 */
export async function inTurns<Item extends Turnwise>(
  items: readonly Item[],
  limit: number,
  { begin, perform, abort }: Doing<Item>,
  onFailure: (error: unknown) => void,
): Promise<void> {
  const underWay = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const fail = (error: unknown): void => {
    failures.push(error);
    if (failures.length === 1) onFailure(error);
  };
  let next = 0;
  let isAlone = false;
  for (;;) {
    const isOver = failures.length > 0 || abort.aborted;
    const room: number = isAlone && underWay.size > 0 ? 0 : limit - underWay.size;
    const batch: readonly Item[] = isOver ? [] : startable(items.slice(next), room, underWay.size === 0);
    if (batch.length === 0) {
      if (underWay.size === 0) break;
      await Promise.race(underWay);
      continue;
    }
    next += batch.length;
    isAlone = batch[0]?.isParallel === false;
    // What is begun is known to have begun before it is: a failure here performs nothing.
    const isBegun = await begin(batch).then(
      () => true,
      (error: unknown) => (fail(error), false),
    );
    for (const item of isBegun ? batch : []) {
      const done: Promise<void> = perform(item)
        .catch(fail)
        .finally(() => underWay.delete(done));
      underWay.add(done);
    }
  }
  if (failures.length > 0) throw failures[0];
  abort.throwIfAborted();
}

/** As many from the front as may begin now. */
function startable<Item extends Turnwise>(
  items: readonly Item[],
  room: number,
  isIdle: boolean,
): readonly Item[] {
  const [first] = items;
  if (!first || room <= 0) return [];
  if (!first.isParallel) return isIdle ? [first] : [];
  const end = items.findIndex(({ isParallel }) => !isParallel);
  return items.slice(0, Math.min(room, end < 0 ? items.length : end));
}
