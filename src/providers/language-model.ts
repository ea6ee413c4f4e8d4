/**
 * What a run needs of a model, whoever serves it. Neutral: no provider's names, no SDK's types.
 *
 * `stream` is lazy: nothing is sent before the first `next()`. It ends after one `finish`, or throws: a
 * ModelError when the model failed, or `abort.reason` when the caller aborted. However the loop over it is
 * left, the call upstream is over by then.
 */
export interface LanguageModel {
  readonly id: string;
  stream(request: ModelRequest, abort: AbortSignal): AsyncIterable<ModelPart>;
}

export type ModelPart =
  /** First of all, where the model that was asked for was skipped: who answers instead, and why. */
  | { readonly type: 'route'; readonly model: string; readonly skipped: readonly SkippedModel[] }
  | { readonly type: 'text' | 'reasoning'; readonly delta: string }
  /** Ends the block of reasoning so far; a block of its own where nothing of it may be read. */
  | { readonly type: 'reasoning_seal'; readonly seal: ReasoningSeal }
  | {
      readonly type: 'tool_arguments';
      readonly tool_call_id: string;
      readonly tool_name: string;
      readonly delta: string;
    }
  /** A complete call; `arguments` is the JSON text just as the model wrote it, valid or not. */
  | {
      readonly type: 'tool_call';
      readonly tool_call_id: string;
      readonly tool_name: string;
      readonly arguments: string;
    }
  | {
      readonly type: 'finish';
      readonly finish_reason: FinishReason;
      readonly usage: TokenUsage;
      /** The one of `parameters.stop` that the model came to, where its provider says. */
      readonly stop_sequence?: string;
    };

/** How programs and models speak over HTTP: OpenAI's chat completions and Responses, Anthropic's Messages. */
export const dialects = ['chat_completions', 'responses', 'messages'] as const;
export type Dialect = (typeof dialects)[number];

export interface SkippedModel {
  readonly model: string;
  /** The code of a ModelError, or `circuit_open`. */
  readonly code: string;
  /** Fit for the user. */
  readonly message: string;
}

/** What a provider wants back with a block of reasoning, just as it was, to believe that the model wrote it. */
export interface ReasoningSeal {
  /** Only a provider of this dialect understands it. */
  readonly dialect: Dialect;
  /** `redacted` stands for reasoning that nobody may read; `encrypted` holds the reasoning, which may be shown beside it. */
  readonly kind: 'signature' | 'redacted' | 'encrypted';
  readonly value: string;
  /** The provider's id of the block, where it has one. */
  readonly id?: string;
}

export interface ReasoningBlock {
  /** Empty where nothing of it may be read. */
  readonly text: string;
  readonly seal?: ReasoningSeal;
}

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'error' | 'other';

/** Zero where the provider said nothing. */
export interface TokenUsage {
  readonly prompt: number;
  readonly completion: number;
  /** Of `completion`. */
  readonly reasoning?: number;
  /** Of `prompt`: read from the provider's cache. */
  readonly cached?: number;
  /** Of `prompt`: written into the provider's cache. */
  readonly cache_write?: number;
}

export interface ModelRequest {
  readonly messages: readonly PromptMessage[];
  readonly tools: readonly ToolSchema[];
  readonly parameters: ModelParameters;
  readonly task: 'answer' | 'title' | 'summary';
  /** Which of `tools` it shall call: whichever it likes (as without it), none, at least one, or the one of this name. */
  readonly tool_choice?: 'auto' | 'none' | 'required' | { readonly name: string };
  /** False: at most one call in an answer. */
  readonly parallel_tool_calls?: boolean;
  readonly response_format?: ResponseFormat;
}

export type ResponseFormat =
  | { readonly type: 'json_object' }
  | {
      readonly type: 'json_schema';
      readonly name: string;
      readonly description?: string;
      /** A JSON Schema. */
      readonly schema: Readonly<Record<string, unknown>>;
      readonly strict?: boolean;
    };

export type PromptMessage =
  | { readonly role: 'system'; readonly content: string }
  | {
      readonly role: 'user';
      readonly parts: readonly PromptPart[];
      /** Not the user's words: what the server found where they point. */
      readonly is_companion?: boolean;
    }
  | {
      readonly role: 'assistant';
      readonly content: string;
      /** In the order in which the model wrote it, before everything else. */
      readonly reasoning?: readonly ReasoningBlock[];
      readonly tool_calls?: readonly PromptToolCall[];
    }
  | {
      readonly role: 'tool';
      readonly tool_call_id: string;
      readonly tool_name: string;
      readonly content: string;
      /** All of the result, `content` included, where not all of it is text. */
      readonly parts?: readonly PromptPart[];
      readonly is_error: boolean;
    };

export interface PromptToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: unknown;
}

export type PromptPart =
  | { readonly type: 'text'; readonly text: string }
  | (ImageDetail & { readonly type: 'image'; readonly url: string })
  | (ImageDetail & { readonly type: 'image'; readonly base64: string; readonly mime_type: string })
  | { readonly type: 'file'; readonly url: string; readonly mime_type: string; readonly name?: string }
  | { readonly type: 'file'; readonly base64: string; readonly mime_type: string; readonly name?: string };

interface ImageDetail {
  /** How closely the model shall look, where its provider can be told. */
  readonly detail?: 'auto' | 'low' | 'high';
}

/** A tool that the model may call; `parameters` is a JSON Schema. */
export interface ToolSchema {
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** True: arguments that do not match `parameters` cannot come, where the provider can see to it. */
  readonly strict?: boolean;
}

export interface ModelParameters {
  readonly temperature?: number;
  readonly top_p?: number;
  readonly top_k?: number;
  readonly max_tokens?: number;
  readonly stop?: readonly string[];
  readonly seed?: number;
  readonly presence_penalty?: number;
  readonly frequency_penalty?: number;
  readonly reasoning_effort?: ReasoningEffort;
  /** The most tokens that the model may think with, where its provider takes a number and no effort. */
  readonly reasoning_tokens?: number;
  /** Shows the reasoning, or a summary of it, where the provider only does so when asked. */
  readonly reasoning_summary?: 'auto' | 'concise' | 'detailed';
  /** Whom the provider shall hold responsible: an opaque name. */
  readonly user?: string;
}

export const reasoningEfforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'] as const;
export type ReasoningEffort = (typeof reasoningEfforts)[number];
