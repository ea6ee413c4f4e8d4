// What the library shows of the server, and what can be asked of it. Everything in a view is immutable: what has not
// changed is the very same object as before, so that `===` tells what to draw again.
import type {
  AppendMessage,
  ApproveTools,
  Branch,
  CancelAccepted,
  Context,
  ContextMetadata,
  Message,
  MessageAccepted,
  MessagePayload,
  RetryAccepted,
  RunAccepted,
  RunStarted,
  SendMessage,
  Siblings,
  Signal,
} from './generated/types.gen.js';
import type { Problem } from './problem.js';

/** A view that changes and tells so. Both functions are bound, as React's useSyncExternalStore wants them. */
export interface Live<View> {
  /** The newest view; the very same object until something has changed. */
  readonly getView: () => View;
  /** Follows, and calls back with every new view until the function that it gives is called. */
  readonly subscribe: (listener: (view: View) => void) => () => void;
}

/**
 * How far a view has come. `missing`: there is none, or none for this caller. `failed`: nothing could be pulled yet, see
 * `problem`; it is tried again. What has once been pulled stays `ready` and shown, whatever fails later.
 */
export type ViewStatus = 'loading' | 'ready' | 'missing' | 'failed';

/** One conversation, as the server last said, with what streams just now. */
export interface ContextView {
  readonly id: string;
  readonly status: ViewStatus;
  /** Why it is `missing` or `failed`. When it is `ready`: why the newest could not be pulled yet; it is tried again. */
  readonly problem?: Problem;
  /** The whole context but for its messages: title, state, active branch, config, pins; undefined until `ready`. */
  readonly metadata?: Context;
  /** What may be asked of the context in its state; a page builds its buttons from it. */
  readonly allowedActions: readonly string[];
  /** All branches, in the server's order. */
  readonly branches: readonly Branch[];
  /** The branch whose messages these are: the active one, unless `LiveContext.showBranch` chose another. */
  readonly branch?: string;
  /** The messages of that branch, oldest first, without gaps from the oldest one that was loaded. */
  readonly messages: readonly MessageView[];
  /** Whether the branch has messages above the first; `loadOlder` brings them. */
  readonly hasOlder: boolean;
  /** What was sent and is not among the messages yet, in the order of sending. */
  readonly outgoing: readonly OutgoingMessage[];
}

/** A message of the pool and, while it streams, the pieces that have come. */
export interface MessageView {
  /** As pulled. While it streams, `text` is ahead of what its data says. */
  readonly message: Message;
  /** What it says, up to `sequence`; the whole of it once final. Empty for kinds without text. */
  readonly text: string;
  /** What the model thought aloud before. */
  readonly reasoning: string;
  /** Arguments of tool calls so far, as JSON text that may not be whole yet, by tool call id. */
  readonly toolArguments: Readonly<Record<string, string>>;
  /** The last chunk that is in it; 0 before the first. */
  readonly sequence: number;
  readonly isStreaming: boolean;
  /** Its alternatives on other branches, itself among them; undefined when it has none. */
  readonly siblings?: Siblings;
}

/** A message that the server has not shown yet: on its way, queued behind a run, or refused. */
export interface OutgoingMessage {
  /** The Idempotency-Key it is sent with. */
  readonly key: string;
  readonly content: string;
  readonly payload?: MessagePayload;
  /** `sending` until it was acknowledged, then `accepted` until it is pulled; `failed` with a `problem`. */
  readonly status: 'sending' | 'accepted' | 'failed';
  readonly problem?: Problem;
}

/** A context that is kept true, and its commands. Commands throw a PullcordError; network failures are tried again. */
export interface LiveContext extends Live<ContextView> {
  readonly id: string;
  /** Shows the message at once as outgoing, and sends it. Once accepted, the active branch is shown: that is where it is. */
  send(message: string | SendMessage): Promise<RunAccepted>;
  /** Sends a `failed` one again, with the same key; as `send`. */
  resend(key: string): Promise<RunAccepted>;
  /** Takes a `failed` one out of the view. */
  discard(key: string): void;
  /** Adds a message that nobody answers. Unless it names a branch, the active one is shown then. */
  append(message: AppendMessage): Promise<MessageAccepted>;
  cancel(runId?: string): Promise<CancelAccepted>;
  retry(): Promise<RetryAccepted>;
  continue(): Promise<RunStarted>;
  edit(messageId: string, content: string): Promise<RunAccepted>;
  approve(approvals: ApproveTools['approvals']): Promise<void>;
  /** Puts the context away: read-only, and in no list but that of the archive. */
  archive(): Promise<void>;
  restore(): Promise<void>;
  /** Makes a branch the active one, for everybody. */
  switchBranch(branch: string): Promise<void>;
  /**
   * Shows a branch here without making it the active one; undefined follows the active one again, and so does whatever works
   * on it: `send`, `append`, `continue`, `retry`, `edit`.
   */
  showBranch(branch: string | undefined): void;
  /** Adds the page of messages above the first; does nothing when there is none. */
  loadOlder(): Promise<void>;
  /** Pulls from both cursors now. Nothing depends on it; for a button. */
  refresh(): Promise<void>;
}

export interface ContextListQuery {
  /** Words in the title. */
  readonly q?: string;
  /** Only archived ones, rather than only others. */
  readonly archived?: boolean;
}

export interface ContextListView {
  readonly status: Exclude<ViewStatus, 'missing'>;
  readonly problem?: Problem;
  /** Newest activity first. */
  readonly contexts: readonly ContextMetadata[];
  readonly hasMore: boolean;
}

export interface LiveContextList extends Live<ContextListView> {
  /** Adds the next page. */
  loadMore(): Promise<void>;
  refresh(): Promise<void>;
}

/** The one stream of signals. `idle`: nobody follows. `refused`: for who asks; seldom tried again. */
export interface ConnectionView {
  readonly status: 'idle' | 'connecting' | 'live' | 'waiting' | 'refused';
  /** Failures since it was last live. */
  readonly failures: number;
  /** While `waiting`: when it is tried again, in milliseconds since 1970. */
  readonly retryAt?: number;
  /** What the server or the network said last. */
  readonly problem?: Problem;
  /** Whether another tab holds the stream for this one. */
  readonly isShared: boolean;
}

export interface LiveConnection extends Live<ConnectionView> {
  /** Tries again now rather than at `retryAt`. */
  retryNow(): void;
}

/** What the library does, as it happens; for a page that shows it. Nothing here is needed to be whole. */
export type Activity =
  | { readonly type: 'signal'; readonly at: number; readonly signal: Signal }
  | { readonly type: 'connection'; readonly at: number; readonly connection: ConnectionView }
  | ({ readonly type: 'pull_started'; readonly at: number } & Pull)
  | ({
      readonly type: 'pull_ended';
      readonly at: number;
      /** Where the cursor stands now; as before when it failed. */
      readonly to: number;
      /** How many messages or chunks came. */
      readonly count: number;
      readonly milliseconds: number;
      readonly problem?: Problem;
    } & Pull)
  | {
      readonly type: 'command';
      readonly at: number;
      readonly contextId: string;
      readonly action: string;
      readonly problem?: Problem;
    };

export interface Pull {
  /** The same in `pull_started` and `pull_ended`. */
  readonly pull: number;
  readonly contextId: string;
  readonly cursor: 'revision' | 'sequence';
  /** The streaming message, where the cursor is `sequence`. */
  readonly messageId?: string;
  readonly from: number;
}
