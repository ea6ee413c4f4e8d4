import type { EventLimits } from '../../src/events/event-limits.js';
import type { Signal } from '../../src/events/signals.js';
import type { ContextId, MessageId, Owner } from '../../src/kernel/ids.js';

export const owner = 'ada' as Owner;
export const contextId = '01890a5d-ac96-774b-bcce-b302099a8057' as ContextId;
export const otherContextId = '01890a5d-ac96-774b-bcce-b302099a8058' as ContextId;
export const messageId = '01890a5d-ac96-774b-bcce-b302099a8059' as MessageId;
export const otherMessageId = '01890a5d-ac96-774b-bcce-b302099a805a' as MessageId;
const timestamp = '2024-05-01T12:00:00.000Z';

type Delta = Extract<Signal, { type: 'content_delta' }>;
type Completed = Extract<Signal, { type: 'message_completed' }>;
type StateChanged = Extract<Signal, { type: 'state_changed' }>;
type ContextChange = Extract<Signal, { type: 'context_updated' | 'context_deleted' }>;
type Snapshot = Extract<Signal, { type: 'snapshot' }>;

export const contentDelta = (current_sequence: number, over: Partial<Delta> = {}): Delta => ({
  ...{ type: 'content_delta', context_id: contextId, message_id: messageId, current_sequence },
  ...{ revision: 57, timestamp },
  ...over,
});

export const messageCompleted = (final_sequence: number, over: Partial<Completed> = {}): Completed => ({
  ...{ type: 'message_completed', context_id: contextId, message_id: messageId, kind: 'streaming_response' },
  ...{ role: 'assistant', final_sequence, status: 'complete', revision: 58, timestamp },
  ...over,
});

export const stateChanged = (revision: number, over: Partial<StateChanged> = {}): StateChanged => ({
  ...{ type: 'state_changed', context_id: contextId, revision, timestamp },
  ...{ previous_state: { type: 'active' }, new_state: { type: 'awaiting_llm' } },
  ...over,
});

export const contextUpdated = (revision: number, over: Partial<ContextChange> = {}): ContextChange => ({
  ...{ type: 'context_updated', context_id: contextId, changed: ['title'], revision, timestamp },
  ...over,
});

export const contextDeleted = (revision: number): ContextChange =>
  contextUpdated(revision, { type: 'context_deleted', changed: [] });

export const snapshot = (revision: number, over: Partial<Snapshot> = {}): Snapshot => ({
  ...{ type: 'snapshot', context_id: contextId, revision, timestamp },
  ...{ state: { type: 'streaming_response', message_id: messageId } },
  streaming: [{ message_id: messageId, current_sequence: 41 }],
  ...over,
});

/** The defaults of the settings, but no merging. */
export const eventLimits = (over: Partial<EventLimits> = {}): EventLimits => ({
  ...{ signalMergeMs: 0, heartbeatMs: 15_000, sseMaxAgeMs: 600_000, sseStallMs: 30_000 },
  ...{ sseMaxPending: 256, maxSubscribers: 20_000, sseRetryMs: 2_000, drainMs: 10_000 },
  ...over,
});
