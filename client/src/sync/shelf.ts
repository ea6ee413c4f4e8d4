import type { Followable } from './attention.js';

/** How many things are kept that nobody looks at; those with something unsaved beside. */
const maxUnused = 20;

export interface Closable {
  /** Follows no longer, whoever looks. */
  close(): void;
  /** Whether something would be lost with it. */
  isUnsaved?(): boolean;
}

/** One thing for each key: all that are used, and the last ones that are not. Once closed, nothing is followed. */
export interface Shelf<Thing extends Closable> extends Closable {
  get(key: string): Thing;
}

export function createShelf<Thing extends Closable>(
  make: (key: string, whileUsed: (followed: Followable) => Followable) => Thing,
): Shelf<Thing> {
  const byKey = new Map<string, Thing>();
  /** The keys of those that are not used, the longest ago first. */
  const unused = new Set<string>();
  let isClosed = false;

  const putBack = (key: string): void => {
    unused.add(key);
    const idle = [...unused].filter((each) => !byKey.get(each)?.isUnsaved?.());
    for (const each of idle.slice(0, -maxUnused)) {
      unused.delete(each);
      byKey.delete(each);
    }
  };
  const use = (key: string, followed: Followable, thing: () => Thing): (() => void) => {
    if (isClosed) return () => undefined;
    // It may have been let go of while somebody held it.
    if (!byKey.has(key)) byKey.set(key, thing());
    unused.delete(key);
    const stop = followed.start();
    return () => {
      stop();
      putBack(key);
    };
  };
  return {
    get(key) {
      const there = byKey.get(key);
      if (there) return there;
      const made = make(key, (followed) => ({ start: () => use(key, followed, () => made) }));
      byKey.set(key, made);
      putBack(key);
      return made;
    },
    close() {
      isClosed = true;
      byKey.forEach((thing) => thing.close());
    },
  };
}
