import type { ContextId, MessageId, RunId } from '../kernel/ids.js';
import type { Dialect, ModelPart, ModelRequest, PromptMessage } from '../providers/language-model.js';

/** JSON that belongs to whoever speaks the dialect: kept as it came, and given back as it is. */
export type KeptJson = Readonly<Record<string, unknown>>;

/** What is added to a conversation: one message of a prompt, which may become several in the pool. */
export interface NewItem {
  readonly prompt: PromptMessage;
  /** The item as its dialect says it. */
  readonly raw?: KeptJson;
}

/** A call to a model that is to be recorded in a context. */
export interface NewExchange {
  /** `new` makes one. */
  readonly context: 'new' | ContextId;
  /**
   * The message to go on behind; the head of the active branch by default. Where it is the head of no branch, a new
   * branch forks there. What is gone on with is the active branch from then on.
   */
  readonly after?: MessageId;
  /** Any id that ModelRegistry resolves. */
  readonly model: string;
  /** What the model is asked: all of it, unless `history_at` says otherwise. */
  readonly request: ModelRequest;
  /**
   * Where in `request.messages` everything is put in that the conversation has before `inputs`: 0 before all of them,
   * 1 behind the instructions.
   */
  readonly history_at?: number;
  /** What of the request is new to the context. Its messages stand in the pool before the answer. */
  readonly inputs: readonly NewItem[];
  /** How the caller speaks. */
  readonly dialect: Dialect;
  /** Kept with the exchange. */
  readonly raw?: KeptJson;
}

/** An exchange that was accepted; it goes on whether or not anybody follows it. */
export interface BegunExchange {
  /** The id of the exchange, which is its run's. */
  readonly id: RunId;
  readonly context_id: ContextId;
  /** The message that the answer will be: known beforehand, in the pool with the first of its text. */
  readonly message_id: MessageId;
  readonly run_id: RunId;
}

/** `completed` whatever the reason for its end; the part `finish` says which. */
export type ExchangeStatus = 'queued' | 'in_progress' | 'completed' | 'failed' | 'cancelled';

/** Why an exchange has no end of its own. */
export interface ExchangeFailure {
  /** Of a ModelError or a DomainError; or `interrupted` when the server stopped meanwhile, or `cancelled`. */
  readonly code: string;
  /** Fit for the user. */
  readonly message: string;
  readonly retryable: boolean;
}

export interface Exchange extends BegunExchange {
  readonly status: ExchangeStatus;
  readonly dialect: Dialect;
  /** As it was asked for. */
  readonly model: string;
  /** Who answers, once somebody was asked. */
  readonly answering_model: string | null;
  readonly raw: KeptJson;
  /** With the status `failed` or `cancelled`. */
  readonly failure?: ExchangeFailure;
  /** What to go on behind: the last message that it left. Null until it has ended. */
  readonly last_message_id: MessageId | null;
  /** Milliseconds since the epoch. */
  readonly created_at: number;
  readonly ended_at: number | null;
}

/** An exchange with all that has come of its answer so far. */
export interface ReadExchange {
  readonly exchange: Exchange;
  /** Ends with `finish` when it is completed. */
  readonly parts: readonly ModelPart[];
}

/** One item of a conversation: a message of a prompt, with the first message of the pool that it is. */
export interface Item {
  readonly id: MessageId;
  readonly prompt: PromptMessage;
  /** As its dialect said it; absent for what came otherwise. */
  readonly raw?: KeptJson;
  /** The exchange that it came with; null for one that was added by itself, or otherwise. */
  readonly exchange_id: RunId | null;
  /** True for what a model answered in an exchange. */
  readonly is_output: boolean;
  /** Milliseconds since the epoch. */
  readonly created_at: number;
}

export interface ItemPage {
  readonly items: readonly Item[];
  readonly has_more: boolean;
}

/** Which items to give, from the oldest or from the newest on. */
export interface ItemQuery {
  readonly order: 'asc' | 'desc';
  /** The last item that was given before. */
  readonly after?: MessageId;
  readonly limit: number;
}

/** A context as those know it who speak a dialect. */
export interface Conversation {
  readonly id: ContextId;
  readonly metadata: KeptJson;
  /** Milliseconds since the epoch. */
  readonly created_at: number;
}
