import type { Followable } from './attention.js';

/** How many things are kept that nobody looks at. */
const maxUnused = 20;

export interface Closable {
  /** Follows no longer, whoever looks. */
  close(): void;
}

type WhileUsed = (followed: Followable) => Followable;

/** One thing for each key: all that are used, and the last ones that are not. */
export class Shelf<Thing extends Closable> {
  private readonly byKey = new Map<string, Thing>();
  /** The keys of those that are not used, the longest ago first. */
  private readonly unused = new Set<string>();

  constructor(private readonly make: (key: string, whileUsed: WhileUsed) => Thing) {}

  get(key: string): Thing {
    const there = this.byKey.get(key);
    if (there) return there;
    const made = this.make(key, (followed) => ({ start: () => this.use(key, made, followed) }));
    this.byKey.set(key, made);
    this.putBack(key);
    return made;
  }

  close(): void {
    for (const thing of this.byKey.values()) thing.close();
  }

  private use(key: string, thing: Thing, followed: Followable): () => void {
    // It may have been let go of while somebody held it.
    if (!this.byKey.has(key)) this.byKey.set(key, thing);
    this.unused.delete(key);
    const stop = followed.start();
    return () => {
      stop();
      this.putBack(key);
    };
  }

  private putBack(key: string): void {
    this.unused.add(key);
    const [oldest] = this.unused;
    if (oldest === undefined || this.unused.size <= maxUnused) return;
    this.unused.delete(oldest);
    this.byKey.delete(oldest);
  }
}
