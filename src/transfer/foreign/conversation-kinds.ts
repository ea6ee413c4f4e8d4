import type { MessagePayload, MessageRole } from '../../messages/message-kinds.js';
import type { ContextConfig } from '../../contexts/context-config.js';

/** A conversation that another program kept, in the few terms that all of them share. */
export interface Conversation {
  readonly id?: string;
  readonly title?: string;
  readonly config?: ContextConfig;
  /** Milliseconds since the epoch; that of the first message where it is not said. */
  readonly created_at?: number;
  readonly updated_at?: number;
  /** The message that it was left at; the last where it is not said. */
  readonly current?: string;
  /** Each behind its parent. */
  readonly messages: readonly Spoken[];
}

export interface Spoken {
  /** What others name it by. */
  readonly key: string;
  readonly parent?: string;
  readonly role: MessageRole;
  readonly payload: MessagePayload;
  readonly created_at?: number;
  /** What a model's answer was made of; its payload is made of it. */
  readonly answer?: Answer;
}

export interface Answer {
  readonly content: string;
  readonly reasoning?: string;
  readonly model: string;
}
