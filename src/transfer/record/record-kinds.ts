import type { BranchConfig } from '../../contexts/branch-config.js';
import type { PlacedPart } from '../../contexts/branch-tree.js';
import type { ContextConfig } from '../../contexts/context-config.js';
import type { ContextState } from '../../contexts/context-state.js';
import type { BranchId, ContextId, MessageId } from '../../kernel/ids.js';
import type { Message } from '../../messages/message-kinds.js';
import type { ChunkKind } from '../../streaming/chunk-kinds.js';

/** A context as it travels: what is written to a file, and what every format that is read is turned into. */
export interface ContextRecord {
  readonly context: ContextFacts;
  readonly branches: readonly BranchRecord[];
  /** What has left the pool, so that whoever has pulled it hears of that. */
  readonly removed: readonly RemovedRecord[];
  /** What the model is always sent. */
  readonly pins: readonly PinRecord[];
  readonly messages: readonly MessageRecord[];
}

export const recordFormat = 'pullcord-context';
/** Moves when a reader of before could no longer read what is written. */
export const recordVersion = 1;

export interface ContextFacts {
  readonly id: ContextId;
  readonly title: string | null;
  readonly title_source: 'user' | 'generated' | null;
  readonly config: ContextConfig;
  readonly state: ContextState;
  readonly active_branch: BranchId;
  readonly revision: number;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface BranchRecord {
  readonly id: BranchId;
  readonly name: string;
  readonly parent_branch: BranchId | null;
  readonly fork_depth: number;
  readonly head_message_id: MessageId | null;
  readonly head_depth: number;
  readonly created_at: string;
  readonly config: BranchConfig;
  /** Of one that nobody sees any more, but whose messages other branches still have. */
  readonly deleted_at: string | null;
  /** What it borrows of others, by its depths. */
  readonly parts: readonly PlacedPart[];
}

export interface RemovedRecord {
  readonly id: MessageId;
  readonly revision: number;
}

export interface PinRecord {
  readonly message_id: MessageId;
  readonly created_at: string;
}

export interface MessageRecord {
  readonly message: Message;
  /** Of a streamed message. */
  readonly finish_reason: string | null;
  /** What was streamed, in order; its sequences are 1, 2, 3, … */
  readonly chunks: readonly ChunkRecord[];
}

export interface ChunkRecord {
  readonly kind: ChunkKind;
  readonly delta: string;
  /** Milliseconds since the epoch. */
  readonly created_at: number;
  readonly tool_call_id?: string;
}
