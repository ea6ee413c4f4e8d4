/** What an entry takes beside its text, about: its key, its place in the map, and its object. */
const entrySize = 250;

/**
 * Texts that never change, so that nothing ever has to be taken out but for room: what was not asked for the longest
 * goes first, though not one by one. What is new, and what is asked for again, is in the younger of two generations;
 * once that is half of the limit it becomes the older one, and what was still in the older one is gone. (Taking single
 * entries from a Map's beginning leaves holes there, and the next look for its oldest entry has to pass them all: that
 * took 5 µs an entry.) A limit of 0 keeps nothing.
 */
export class TextCache<Kept extends { readonly text: string }> {
  private young = new Map<string, Kept>();
  private old = new Map<string, Kept>();
  /** Of the young ones. */
  private size = 0;

  /** `limit` in bytes, about: a text counts a byte a character. */
  constructor(private readonly limit: number) {}

  get(key: string): Kept | undefined {
    const young = this.young.get(key);
    if (young) return young;
    const old = this.old.get(key);
    if (old) this.add(key, old);
    return old;
  }

  /** A text of more than a sixteenth of the limit is not kept: it would drive out too many. */
  set(key: string, kept: Kept): void {
    if (entrySize + kept.text.length > this.limit / 16 || this.young.has(key)) return;
    this.add(key, kept);
  }

  private add(key: string, kept: Kept): void {
    const size = entrySize + kept.text.length;
    if (this.size + size > this.limit / 2) {
      this.old = this.young;
      this.young = new Map();
      this.size = 0;
    }
    this.young.set(key, kept);
    this.size += size;
  }
}
