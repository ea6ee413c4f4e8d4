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

export type Signal =
  | (Common & { readonly type: 'snapshot'; readonly state: StateInSignal; readonly streaming: readonly StreamCursor[] })
  | (Common & { readonly type: 'state_changed'; readonly previous_state: StateInSignal; readonly new_state: StateInSignal })
  | (Common & MessageFacts & { readonly type: 'message_created' | 'message_updated' })
  | (Common & MessageFacts & { readonly type: 'message_completed'; readonly final_sequence: number; readonly status: string })
  | (Common & { readonly type: 'content_delta'; readonly message_id: MessageId; readonly current_sequence: number })
  | (Common & { readonly type: 'context_updated' | 'context_deleted'; readonly changed: readonly string[] });

/** What a stream says about itself rather than about a context. */
export type StreamNotice =
  | { readonly type: 'resync'; readonly reason: string; readonly timestamp: string }
  | { readonly type: 'heartbeat'; readonly timestamp: string };
