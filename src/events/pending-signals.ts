import type { Announcement } from './announcement.js';
import { signalsDropped, signalsMerged } from './signal-metrics.js';
import { mergeKey, replaces } from './signals.js';

const mergedForReader = signalsMerged.of('reader');

/**
 * What one subscriber has not been sent yet: never more than `max`, in the order of publishing.
 *
 * Of a merge key only the newest is kept, in its own place in the order and not in that of the one it replaces: so
 * revisions go out as they came. Past `max` everything becomes one `resync`, which also stands for whatever is added
 * until it is taken: a client pulls after it was told to, and finds all that was committed by then.
 */
export class PendingSignals {
  private readonly waiting = new Map<string | Announcement, Announcement>();
  private isOverflown = false;

  constructor(private readonly max: number) {}

  get size(): number {
    return this.isOverflown ? 1 : this.waiting.size;
  }

  add(announcement: Announcement): void {
    if (this.isOverflown) return signalsDropped.add();
    const key = mergeKey(announcement.signal) ?? announcement;
    const held = this.waiting.get(key);
    if (held) mergedForReader.add();
    if (held && !replaces(announcement.signal, held.signal)) return;
    this.waiting.delete(key);
    this.waiting.set(key, announcement);
    if (this.waiting.size <= this.max) return;
    signalsDropped.add(this.waiting.size);
    this.waiting.clear();
    this.isOverflown = true;
  }

  /** Takes the next one to send; undefined when there is none. */
  take(): Announcement | 'resync' | undefined {
    if (this.isOverflown) {
      this.isOverflown = false;
      return 'resync';
    }
    const [first] = this.waiting;
    if (!first) return undefined;
    this.waiting.delete(first[0]);
    return first[1];
  }
}
