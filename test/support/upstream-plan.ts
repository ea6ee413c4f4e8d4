/**
 * What the fake upstream does with one request. Plain JSON, so that a fake in a process of its own can be sent
 * one. Without `whole` it is a stream of `pieces`.
 */
export interface Plan {
  /** Waits so long before the status line. */
  readonly headersAfterMs?: number;
  /** Resets the connection instead of answering. */
  readonly isReset?: boolean;
  /** Answers this at once, and does not stream. */
  readonly whole?: {
    readonly status: number;
    readonly headers?: Record<string, string>;
    readonly body: string;
  };
  /** What a request is answered, as JSON, that does not ask for a stream. */
  readonly unstreamed?: unknown;
  /** Headers of the stream beside its own. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly pieces?: readonly Piece[];
  readonly eol?: '\n' | '\r\n' | '\r';
  /**
   * How the events are put into writes, each of which is a packet of its own: so many events in each, or
   * `torn`: each write ends inside an event, within its first character of several bytes if it has one. With
   * `{ torn: 5 }` it does so with five events at a time.
   */
  readonly packing?: number | 'torn' | { readonly torn: number };
  /** Waits so long before each write. */
  readonly paceMs?: number;
  /** Whether `data: [DONE]` ends the stream; it does unless told otherwise. */
  readonly isDoneSent?: boolean;
  /** Leaves the connection open at the end. */
  readonly isLeftOpen?: boolean;
}

export type Piece =
  /** Its data, and its name where the dialect has names; `text` is what it adds to the answer. */
  | { readonly type: 'event'; readonly event?: string; readonly json: unknown; readonly text?: string }
  | { readonly type: 'comment'; readonly comment: string }
  /** These characters and no more: line ends are the caller's. */
  | { readonly type: 'raw'; readonly raw: string }
  | { readonly type: 'wait'; readonly ms: number }
  /** Nothing more, and the connection stays open, until the client closes it. */
  | { readonly type: 'stall' }
  /** Nothing more until the test says so: `UpstreamCall.release`. */
  | { readonly type: 'hold' }
  /** Promises more than it sends, and is gone in the middle of it. */
  | { readonly type: 'die' };

export interface PlannedCall {
  readonly id: string;
  readonly name: string;
  /** The pieces in which the arguments are streamed. */
  readonly arguments: readonly string[];
}

export interface PlannedUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly prompt_tokens_details?: { readonly cached_tokens: number };
  readonly completion_tokens_details?: { readonly reasoning_tokens: number };
}

export type WireOptions = Pick<
  Plan,
  'eol' | 'packing' | 'paceMs' | 'isDoneSent' | 'isLeftOpen' | 'headersAfterMs'
>;

/** An answer that is no stream, such as that of a list of models. */
export const json = (value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Plan => ({
  whole: { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) },
});

export interface AnswerOptions extends WireOptions {
  readonly reasoning?: readonly string[];
  /** The field that reasoning is sent in: servers differ. */
  readonly reasoningField?: 'reasoning_content' | 'reasoning';
  readonly calls?: readonly PlannedCall[];
  readonly finishReason?: string;
  /** Null leaves the usage chunk out. */
  readonly usage?: PlannedUsage | null;
  /** A keep-alive comment before every so many pieces. */
  readonly commentEvery?: number;
}

/** A whole, good answer: role, reasoning, text, tool calls, finish, usage, `[DONE]`. */
export function answer(text: string | readonly string[], options: AnswerOptions = {}): Plan {
  const {
    reasoning = [],
    reasoningField = 'reasoning_content',
    calls = [],
    usage,
    commentEvery,
    ...wire
  } = options;
  const { finishReason = calls.length > 0 ? 'tool_calls' : 'stop', ...rest } = wire;
  const pieces = [
    role,
    ...reasoning.map((delta) => chunk({ [reasoningField]: delta })),
    ...texts(text),
    ...calls.flatMap(callPieces),
    chunk({}, finishReason),
    ...(usage === null ? [] : [usagePiece(usage ?? { prompt_tokens: 9, completion_tokens: 4 })]),
  ];
  return { ...rest, pieces: commentEvery ? withComments(pieces, commentEvery) : pieces };
}

/** An answer that begins with this text and then goes on as told, without an end of its own. */
export const partial = (text: string | readonly string[], ...then: readonly Piece[]): Plan => ({
  pieces: [role, ...texts(text), ...then],
  isDoneSent: false,
});

export const stall: Piece = { type: 'stall' };
export const hold: Piece = { type: 'hold' };
export const die: Piece = { type: 'die' };
export const garbage: Piece = { type: 'raw', raw: 'data: {"choices":[{"delta":{"content":"bro\n\n' };
export const raw = (characters: string): Piece => ({ type: 'raw', raw: characters });
export const errorEvent = (message: string, code: string | number | null = null): Piece => ({
  type: 'event',
  json: { error: { message, type: 'server_error', param: null, code } },
});

/** The error answer of an OpenAI-compatible server. */
export const refusal = (status: number, message: string, headers: Record<string, string> = {}): Plan => ({
  whole: {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ error: { message, type: 'invalid_request_error', param: null, code: null } }),
  },
});

export const tooMany = (retryAfter?: string): Plan =>
  refusal(429, 'Rate limit reached', retryAfter === undefined ? {} : { 'retry-after': retryAfter });

export const reset: Plan = { isReset: true };

const envelope = {
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1_700_000_000,
  model: 'fake-1',
};

/** A chunk with this delta. */
export const chunk = (delta: Record<string, unknown>, finish_reason: string | null = null): Piece => ({
  type: 'event',
  json: { ...envelope, choices: [{ index: 0, delta, finish_reason }] },
});

const role = chunk({ role: 'assistant', content: '' });

const texts = (text: string | readonly string[]): readonly Piece[] =>
  (typeof text === 'string' ? [text] : text).map((content) => ({
    type: 'event',
    json: { ...envelope, choices: [{ index: 0, delta: { content }, finish_reason: null }] },
    text: content,
  }));

const callPieces = (call: PlannedCall, index: number): readonly Piece[] => [
  chunk({
    tool_calls: [{ index, id: call.id, type: 'function', function: { name: call.name, arguments: '' } }],
  }),
  ...call.arguments.map((delta) => chunk({ tool_calls: [{ index, function: { arguments: delta } }] })),
];

const usagePiece = (usage: PlannedUsage): Piece => ({
  type: 'event',
  json: {
    ...envelope,
    choices: [],
    usage: { ...usage, total_tokens: usage.prompt_tokens + usage.completion_tokens },
  },
});

const withComments = (pieces: readonly Piece[], every: number): readonly Piece[] =>
  pieces.flatMap((piece, index) =>
    index % every === 0 ? [{ type: 'comment', comment: 'keep-alive' } satisfies Piece, piece] : [piece],
  );
