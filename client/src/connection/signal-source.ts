// The seam between what holds the stream of signals and what pulls because of them.
import type { Signal } from '../generated/types.gen.js';
import type { ConnectionView, Live } from '../views.js';

export interface SignalListener {
  /** A stream has begun, here or in the tab that holds it: signals may have been missed, so pull everything watched. */
  connected(): void;
  /** Anything but heartbeats; in order, but some may be missing and some may come twice. */
  signal(signal: Signal): void;
}

/** The signals of all contexts that the caller may see (`GET /events`), from whoever holds the stream. */
export interface SignalSource {
  readonly view: Live<ConnectionView>;
  /** Starts with the first listener, ends with the last. */
  listen(listener: SignalListener): () => void;
  retryNow(): void;
  /** Ends for good: leaves the other tabs the stream. */
  close(): void;
}
