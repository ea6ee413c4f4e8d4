import type { ContextId, MessageId } from '../kernel/ids.js';

/**
 * A state in a signal: its type and ids, never content. `message_id` while streaming, `run_id` where a run owns it.
 */
export interface StateInSignal {
  readonly type: string;
  readonly [id: string]: unknown;
}

export interface StreamCursor {
  readonly message_id: MessageId;
  readonly current_sequence: number;
}

interface Common {
  readonly context_id: ContextId;
  /** The context's revision once what the signal announces was committed. */
  readonly revision: number;
  /** RFC 3339, UTC. */
  readonly timestamp: string;
}

interface MessageFacts {
  readonly message_id: MessageId;
  readonly kind: string;
  readonly role: string;
}

/** The owner's session changed; of no context, and sent on streams of everything alone. */
export interface SessionSignal {
  readonly type: 'session_updated';
  readonly context_id?: undefined;
  /** The session's revision. */
  readonly revision: number;
  /** RFC 3339, UTC. */
  readonly timestamp: string;
}

export type Signal = ContextSignal | SessionSignal;

export type ContextSignal =
  | (Common & {
      readonly type: 'snapshot';
      readonly state: StateInSignal;
      readonly streaming: readonly StreamCursor[];
    })
  | (Common & {
      readonly type: 'state_changed';
      readonly previous_state: StateInSignal;
      readonly new_state: StateInSignal;
    })
  | (Common & MessageFacts & { readonly type: 'message_created' | 'message_updated' })
  | (Common &
      MessageFacts & {
        readonly type: 'message_completed';
        readonly final_sequence: number;
        readonly status: string;
      })
  | (Common & {
      readonly type: 'content_delta';
      readonly message_id: MessageId;
      readonly current_sequence: number;
    })
  | (Common & { readonly type: 'context_updated' | 'context_deleted'; readonly changed: readonly string[] });

/** What a stream says about itself rather than about a context. */
export type StreamNotice =
  | {
      readonly type: 'resync';
      readonly reason: ResyncReason;
      /** With `revision`, when only this context has to be pulled again. */
      readonly context_id?: ContextId;
      readonly revision?: number;
      readonly timestamp: string;
    }
  | { readonly type: 'heartbeat'; readonly timestamp: string };

/** `too_many_pending`: the reader was too slow for its signals. `signal_too_large`: one did not fit in 1 KB. */
export type ResyncReason = 'too_many_pending' | 'signal_too_large';

/** Signals that may stand for one another share a key: only the newest need be sent. */
export const mergeKey = (signal: Signal): string | undefined => {
  if (signal.type === 'session_updated') return 'session';
  return signal.type === 'content_delta' ? deltaKey(signal) : undefined;
};

/** The merge key of the content_deltas of a message. */
export const deltaKey = (message: {
  readonly context_id: ContextId;
  readonly message_id: MessageId;
}): string => `${message.context_id}/${message.message_id}`;

/**
 * Whether `next` says at least what `held`, of the same merge key, says. It may not: two commits can be published in
 * the other order, and a client that already has the lower sequence would never hear of the higher one.
 */
export const replaces = (next: Signal, held: Signal): boolean => {
  if (next.type === 'session_updated') return next.revision >= held.revision;
  return (
    next.type !== 'content_delta' ||
    held.type !== 'content_delta' ||
    next.current_sequence >= held.current_sequence
  );
};
