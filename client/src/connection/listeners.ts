import type { Signal } from '../generated/types.gen.js';
import { tellEach } from '../live-value.js';
import type { SignalListener } from './signal-source.js';

/** Those who listen to a source: it begins with the first, and ends with the last. */
export class Listeners implements SignalListener {
  private readonly entries = new Set<{ readonly listener: SignalListener }>();

  constructor(
    private readonly source: {
      begin(): void;
      end(): void;
      /** Whether a stream has begun that a new listener did not hear of. */
      isLive(): boolean;
    },
  ) {}

  add(listener: SignalListener): () => void {
    const entry = { listener };
    this.entries.add(entry);
    if (this.entries.size === 1) this.source.begin();
    // Not at once: the caller does not have what it needs to stop yet.
    else if (this.source.isLive()) queueMicrotask(() => this.entries.has(entry) && listener.connected());
    return () => {
      if (this.entries.delete(entry) && this.entries.size === 0) this.source.end();
    };
  }

  clear(): void {
    if (this.entries.size === 0) return;
    this.entries.clear();
    this.source.end();
  }

  connected(): void {
    tellEach(this.entries, ({ listener }) => listener.connected());
  }

  signal(signal: Signal): void {
    tellEach(this.entries, ({ listener }) => listener.signal(signal));
  }
}
