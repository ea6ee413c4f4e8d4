// The vocabulary of the AI SDK's UI message stream, version 1, as far as this server speaks it. A test holds these types
// and the SDK's own together.

/** What is said of a message beside its parts, in its `metadata.pullcord`. */
export interface UiFacts {
  readonly context_id: string;
  readonly branch: string;
  /** The messages of the pool that it shows, the oldest first. */
  readonly message_ids?: readonly string[];
  /** RFC 3339, of the first of them. */
  readonly created_at?: string;
  readonly run_id?: string;
  /** Of the last call to a model. */
  readonly model?: string;
  /** Of all of its calls to models together. */
  readonly usage?: Readonly<Record<string, number>>;
  /** `streaming` while more of it comes. */
  readonly status?: string;
  /** Why the turn rests: `tool_approval`, or `depth_limit`, with which an empty `sendMessage()` goes on. */
  readonly awaits?: string | null;
}

export interface UiMetadata {
  readonly pullcord: UiFacts;
  readonly [own: string]: unknown;
}

type Tool = { readonly toolCallId: string };
type Part = { readonly id: string };
/** Tools run at the server and are known by name alone: `providerExecuted`, and `dynamic`. */
type ServersTool = Tool & { readonly providerExecuted: true; readonly dynamic: true };

/** One event of the stream. */
export type UiChunk =
  | { readonly type: 'start'; readonly messageId?: string; readonly messageMetadata?: UiMetadata }
  | { readonly type: 'start-step' | 'finish-step' }
  | (Part & { readonly type: 'text-start' | 'text-end' | 'reasoning-start' | 'reasoning-end' })
  | (Part & { readonly type: 'text-delta' | 'reasoning-delta'; readonly delta: string })
  | (ServersTool & { readonly type: 'tool-input-start'; readonly toolName: string })
  | (Tool & { readonly type: 'tool-input-delta'; readonly inputTextDelta: string })
  | (ServersTool & {
      readonly type: 'tool-input-available';
      readonly toolName: string;
      readonly input: unknown;
      readonly title?: string;
    })
  | (ServersTool & {
      readonly type: 'tool-input-error';
      readonly toolName: string;
      readonly input: unknown;
      readonly errorText: string;
    })
  | (Tool & { readonly type: 'tool-approval-request'; readonly approvalId: string })
  | (ServersTool & { readonly type: 'tool-output-available'; readonly output: unknown })
  | (ServersTool & { readonly type: 'tool-output-error'; readonly errorText: string })
  | (Tool & { readonly type: 'tool-output-denied' })
  | { readonly type: 'file'; readonly mediaType: string; readonly url: string }
  | { readonly type: `data-${string}`; readonly id: string; readonly data: object }
  | { readonly type: 'error'; readonly errorText: string }
  | { readonly type: 'abort'; readonly reason?: string }
  | { readonly type: 'message-metadata'; readonly messageMetadata: UiMetadata }
  | {
      readonly type: 'finish';
      readonly finishReason: UiFinishReason;
      readonly messageMetadata?: UiMetadata;
    };

export type UiFinishReason = 'stop' | 'length' | 'content-filter' | 'tool-calls' | 'error' | 'other';

export interface UiToolPart {
  readonly type: 'dynamic-tool';
  readonly toolName: string;
  readonly toolCallId: string;
  readonly providerExecuted: true;
  readonly title?: string;
  readonly state:
    'input-available' | 'approval-requested' | 'output-available' | 'output-error' | 'output-denied';
  readonly input: unknown;
  readonly output?: unknown;
  readonly errorText?: string;
  readonly approval?: { readonly id: string; readonly approved?: boolean };
}

export type UiPart =
  | { readonly type: 'step-start' }
  | { readonly type: 'text' | 'reasoning'; readonly text: string; readonly state?: 'done' }
  | UiToolPart
  | { readonly type: 'file'; readonly mediaType: string; readonly url: string; readonly filename?: string }
  | { readonly type: `data-${string}`; readonly id: string; readonly data: object };

/** A message as a page of the AI SDK shows it: a user's words with their files, or all of a turn's answer. */
export interface UiMessage {
  readonly id: string;
  readonly role: 'system' | 'user' | 'assistant';
  readonly metadata: UiMetadata;
  readonly parts: readonly UiPart[];
}
