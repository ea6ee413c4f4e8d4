interface Entry<Kept> {
  readonly kept: Kept;
  readonly size: number;
}

/** What an entry takes beside its text, about: its key, its place in the map, and its object. */
const entrySize = 250;

/**
 * Texts that never change, so that nothing ever has to be taken out but for room: what was not asked for the longest
 * goes first. A limit of 0 keeps nothing.
 */
export class TextCache<Kept extends { readonly text: string }> {
  private readonly entries = new Map<string, Entry<Kept>>();
  private size = 0;

  /** `limit` in bytes, about: a text counts a byte a character. */
  constructor(private readonly limit: number) {}

  get(key: string): Kept | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    // A map keeps its order: what was asked for last goes to its end.
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry.kept;
  }

  /** A text of more than a sixteenth of the limit is not kept: it would drive out too many. */
  set(key: string, kept: Kept): void {
    const size = entrySize + kept.text.length;
    if (size > this.limit / 16 || this.entries.has(key)) return;
    this.entries.set(key, { kept, size });
    this.size += size;
    for (const [oldest, entry] of this.entries) {
      if (this.size <= this.limit) return;
      this.entries.delete(oldest);
      this.size -= entry.size;
    }
  }
}
