import { longest, wholeNumber } from '../kinds.js';
import { Setting } from '../setting.js';

/** The streams of signals. */
export class EventsSettings {
  @Setting(
    {
      env: 'PULLCORD_SIGNAL_MERGE_MS',
      file: 'sse.signal_merge_ms',
      about: 'At most one content_delta per message and subscriber in this time.',
    },
    wholeNumber(0, 60_000),
  )
  readonly signalMergeMs: number = 25;

  @Setting(
    { env: 'PULLCORD_HEARTBEAT_MS', file: 'sse.heartbeat_ms', about: 'The time between two heartbeats.' },
    wholeNumber(10, longest),
  )
  readonly heartbeatMs: number = 15_000;

  @Setting(
    {
      env: 'PULLCORD_SSE_MAX_AGE_MS',
      file: 'sse.max_age_ms',
      about: 'The age, give or take 20 %, at which a stream is ended so that its client reconnects.',
    },
    // Below the longest timer even with the 20 % on top.
    wholeNumber(100, 1_700_000_000),
  )
  readonly sseMaxAgeMs: number = 600_000;

  @Setting(
    {
      env: 'PULLCORD_SSE_STALL_MS',
      file: 'sse.stall_ms',
      about: 'How long a stream may stay full before its reader is given up.',
    },
    wholeNumber(10, longest),
  )
  readonly sseStallMs: number = 30_000;

  @Setting(
    {
      env: 'PULLCORD_SSE_MAX_PENDING',
      file: 'sse.max_pending',
      about: 'Signals that may wait for one subscriber; past it they become one resync.',
    },
    wholeNumber(1, 1_000_000),
  )
  readonly sseMaxPending: number = 256;

  @Setting(
    {
      env: 'PULLCORD_MAX_SUBSCRIBERS',
      file: 'sse.max_subscribers',
      about: 'Streams that may be open at once; past it, 429.',
    },
    wholeNumber(1, 10_000_000),
  )
  readonly maxSubscribers: number = 20_000;

  @Setting(
    {
      env: 'PULLCORD_SSE_RETRY_MS',
      file: 'sse.retry_ms',
      about: 'How long a client is told to wait before it reconnects.',
    },
    wholeNumber(0, longest),
  )
  readonly sseRetryMs: number = 2_000;
}
