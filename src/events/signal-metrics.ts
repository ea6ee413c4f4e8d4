import { counter, counterBy } from '../telemetry/instruments.js';

export const signalsPublished = counterBy(
  'pullcord_signals_published_total',
  'Signals that went out to whoever subscribed, after merging',
  ['type'],
);

export const signalsSent = counter(
  'pullcord_signals_sent_total',
  'Signals written to streams, snapshots not counted: one for each subscriber',
);

/** `commit`: before anybody heard of it. `reader`: while it waited for one slow reader. */
export const signalsMerged = counterBy(
  'pullcord_signals_merged_total',
  'Signals that a newer one of the same message stood for, between commit and bus or before a slow reader',
  ['at'],
);

export const signalsDropped = counter(
  'pullcord_signals_dropped_total',
  'Signals that one resync stood for, because too many waited for a slow reader',
);

export const resyncs = counter(
  'pullcord_resyncs_total',
  'Times that a stream told its reader to pull everything anew, because too many signals waited',
);

export const streamsOpened = counter('pullcord_streams_opened_total', 'Streams of signals that were begun');

export const streamsStalled = counter(
  'pullcord_streams_stalled_total',
  'Streams that were cut because nobody read them for PULLCORD_SSE_STALL_MS',
);
