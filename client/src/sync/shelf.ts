import type { Followable } from './attention.js';

/** How many things are kept that nobody looks at. */
const maxUnused = 20;

export interface Closable {
  /** Follows no longer, whoever looks. */
  close(): void;
}

/** One thing for each key: all that are used, and the last ones that are not. */
export interface Shelf<Thing extends Closable> extends Closable {
  get(key: string): Thing;
}

export function createShelf<Thing extends Closable>(
  make: (key: string, whileUsed: (followed: Followable) => Followable) => Thing,
): Shelf<Thing> {
  const byKey = new Map<string, Thing>();
  /** The keys of those that are not used, the longest ago first. */
  const unused = new Set<string>();

  const putBack = (key: string): void => {
    unused.add(key);
    const [oldest = key] = unused;
    if (unused.size <= maxUnused) return;
    unused.delete(oldest);
    byKey.delete(oldest);
  };
  const use = (key: string, followed: Followable, thing: () => Thing): (() => void) => {
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
    close: () => byKey.forEach((thing) => thing.close()),
  };
}
