import type { FinishReason, TokenUsage } from '../../../providers/language-model.js';
import type { AnswerBlock, ToolCall, WholeAnswer } from '../answer-blocks.js';
import type { AnswerHead, GatewayCall, Json } from '../codec.js';
import type { GatewayFailure } from '../gateway-failure.js';

const finishReasons: Readonly<Record<FinishReason, string>> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  content_filter: 'content_filter',
  error: 'stop',
  other: 'stop',
};

export const mapToFinishReason = (reason: FinishReason): string => finishReasons[reason];

export const mapToUsage = ({ prompt, completion, cached, reasoning }: TokenUsage): Json => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
  prompt_tokens_details: { cached_tokens: cached ?? 0 },
  completion_tokens_details: { reasoning_tokens: reasoning ?? 0 },
});

/** What each chunk of a stream, and the whole, begins with. */
export const mapToEnvelope = (head: AnswerHead, object: string): Json => ({
  id: `chatcmpl-${head.id}`,
  object,
  created: Math.floor(head.created_at / 1000),
  model: head.model,
});

/** A whole chat completion. */
export function mapToCompletion(_call: GatewayCall, head: AnswerHead, { blocks, finish }: WholeAnswer): Json {
  const text = textOf(blocks, 'text');
  const reasoning = textOf(blocks, 'reasoning');
  const calls = blocks.filter((block) => block.type === 'tool_call');
  const message = {
    role: 'assistant',
    // Null where the model has done nothing but call tools.
    content: text === '' && calls.length > 0 ? null : text,
    refusal: null,
    ...(reasoning !== '' && { reasoning_content: reasoning }),
    ...(calls.length > 0 && { tool_calls: calls.map(mapToCall) }),
  };
  const finish_reason = mapToFinishReason(finish.finish_reason);
  return {
    ...mapToEnvelope(head, 'chat.completion'),
    choices: [{ index: 0, message, logprobs: null, finish_reason }],
    usage: mapToUsage(finish.usage),
  };
}

const textOf = (blocks: readonly AnswerBlock[], type: 'text' | 'reasoning'): string =>
  blocks.map((block) => (block.type === type ? block.text : '')).join('');

const mapToCall = (call: ToolCall): Json => ({
  id: call.tool_call_id,
  type: 'function',
  function: { name: call.tool_name, arguments: call.arguments },
});

/** The names that OpenAI's own errors have, where programs look for them. */
const codes: Readonly<Record<string, string>> = {
  unauthorized: 'invalid_api_key',
  unknown_model: 'model_not_found',
  rate_limited: 'rate_limit_exceeded',
  too_many_requests: 'rate_limit_exceeded',
};

const types: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  429: 'rate_limit_error',
};

/** An error as OpenAI's dialects have it. */
export const mapToOpenAIError = ({ status, code, message, path }: GatewayFailure): Json => ({
  error: {
    message,
    type: types[status] ?? (status >= 500 ? 'server_error' : 'invalid_request_error'),
    param: path ?? null,
    code: codes[code] ?? code,
  },
});
