import type { TokenUsage } from '../../../providers/language-model.js';
import type { AnswerHead, Json } from '../codec.js';
import type { GatewayFailure } from '../gateway-failure.js';
import type { ResponsesCall } from './convert-call.js';
import { toWireId } from './item-ids-format.js';

/** How far an answer is. */
export type Ending =
  | { readonly status: 'in_progress' | 'cancelled' | 'completed'; readonly usage?: TokenUsage }
  | {
      readonly status: 'incomplete';
      readonly reason: 'max_output_tokens' | 'content_filter';
      readonly usage?: TokenUsage;
    }
  | { readonly status: 'failed'; readonly failure: GatewayFailure; readonly usage?: TokenUsage };

/** What a response says of its request; what OpenAI says where nothing was asked for. */
const asked = {
  background: false,
  instructions: null,
  max_output_tokens: null,
  max_tool_calls: null,
  metadata: {},
  parallel_tool_calls: true,
  previous_response_id: null,
  prompt_cache_key: null,
  safety_identifier: null,
  service_tier: 'default',
  store: true,
  temperature: 1,
  text: { format: { type: 'text' } },
  tool_choice: 'auto',
  tools: [],
  top_logprobs: 0,
  top_p: 1,
  truncation: 'disabled',
  user: null,
} as const;

/** The object `response` with these items. Pure. */
export function mapResponse(
  { body, conversation_id }: ResponsesCall,
  { id, model, created_at }: AnswerHead,
  output: readonly Json[],
  ending: Ending,
): Json {
  const said = Object.entries(asked).map(([name, usual]) => [name, body[name] ?? usual]);
  return {
    id: toWireId('resp', id),
    object: 'response',
    created_at: Math.floor(created_at / 1000),
    status: ending.status,
    error: ending.status === 'failed' ? mapError(ending.failure) : null,
    incomplete_details: ending.status === 'incomplete' ? { reason: ending.reason } : null,
    model,
    output,
    ...Object.fromEntries(said),
    conversation: conversation_id === undefined ? null : { id: conversation_id },
    reasoning: { effort: null, summary: null, ...(body.reasoning ?? {}) },
    usage: ending.usage ? mapUsage(ending.usage) : null,
  };
}

const mapUsage = ({ prompt, completion, cached = 0, cache_write = 0, reasoning = 0 }: TokenUsage): Json => ({
  input_tokens: prompt,
  input_tokens_details: { cached_tokens: cached, cache_write_tokens: cache_write },
  output_tokens: completion,
  output_tokens_details: { reasoning_tokens: reasoning },
  total_tokens: prompt + completion,
});

/** OpenAI has few codes for this place, and its clients know no others. */
const mapError = ({ status, message }: GatewayFailure): Json => ({ code: codeOf(status), message });

function codeOf(status: number): string {
  if (status === 429) return 'rate_limit_exceeded';
  return status >= 400 && status < 500 ? 'invalid_prompt' : 'server_error';
}
