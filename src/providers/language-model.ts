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
  | { readonly type: 'text' | 'reasoning'; readonly delta: string }
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
  | { readonly type: 'finish'; readonly finish_reason: FinishReason; readonly usage: TokenUsage };

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'error' | 'other';

/** Zero where the provider said nothing. */
export interface TokenUsage {
  readonly prompt: number;
  readonly completion: number;
  readonly reasoning?: number;
  readonly cached?: number;
}

export interface ModelRequest {
  readonly messages: readonly PromptMessage[];
  readonly tools: readonly ToolSchema[];
  readonly parameters: ModelParameters;
  readonly task: 'answer' | 'title' | 'summary';
}

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
      readonly reasoning?: string;
      readonly tool_calls?: readonly PromptToolCall[];
    }
  | {
      readonly role: 'tool';
      readonly tool_call_id: string;
      readonly tool_name: string;
      readonly content: string;
      readonly is_error: boolean;
    };

export interface PromptToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: unknown;
}

export type PromptPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image'; readonly url: string }
  | { readonly type: 'image'; readonly base64: string; readonly mime_type: string };

/** A tool that the model may call; `parameters` is a JSON Schema. */
export interface ToolSchema {
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface ModelParameters {
  readonly temperature?: number;
  readonly top_p?: number;
  readonly max_tokens?: number;
  readonly stop?: readonly string[];
  readonly seed?: number;
  readonly presence_penalty?: number;
  readonly frequency_penalty?: number;
  readonly reasoning_effort?: 'low' | 'medium' | 'high';
}
