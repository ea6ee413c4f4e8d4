/** What bounds the signals. `Settings` has all of it; the names and the units are the same there. */
export abstract class EventLimits {
  /** At most one content_delta per message in this time; 0 merges nothing. */
  abstract readonly signalMergeMs: number;
  abstract readonly heartbeatMs: number;
  /** The age, ± 20 %, at which a stream is ended so that its client reconnects. */
  abstract readonly sseMaxAgeMs: number;
  /** How long a stream may wait for its reader before it is given up. */
  abstract readonly sseStallMs: number;
  /** Signals that may wait for one subscriber; past it they become one resync. */
  abstract readonly sseMaxPending: number;
  /** Streams that may be open at once. */
  abstract readonly maxSubscribers: number;
  /** How long, ± 20 %, a client is told to wait before it reconnects. */
  abstract readonly sseRetryMs: number;
  /** How long the end of the last streams may take at shutdown. */
  abstract readonly drainMs: number;
}
