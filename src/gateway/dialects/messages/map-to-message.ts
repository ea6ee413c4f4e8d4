import type { ReasoningSeal, TokenUsage } from '../../../providers/language-model.js';
import type { AnswerBlock, Finish, WholeAnswer } from '../answer-blocks.js';
import type { AnswerHead, GatewayCall, Json } from '../codec.js';
import { toInput } from '../convert-tools.js';
import type { GatewayFailure } from '../gateway-failure.js';
import { writeSeal } from '../seal-format.js';

/** What a block begins as in a stream, and all of it in a whole message. */
export type Block = Json & { readonly type: 'text' | 'thinking' | 'redacted_thinking' | 'tool_use' };

/** Why an answer has ended, in Anthropic's words. */
export function mapToStop({ finish_reason, stop_sequence }: Finish): Json {
  return { stop_reason: stopReason(finish_reason, stop_sequence), stop_sequence: stop_sequence ?? null };
}

function stopReason(reason: Finish['finish_reason'], stopSequence: string | undefined): string {
  switch (reason) {
    case 'length':
      return 'max_tokens';
    case 'tool_calls':
      return 'tool_use';
    case 'content_filter':
      return 'refusal';
    case 'stop':
    case 'error':
    case 'other':
      return stopSequence === undefined ? 'end_turn' : 'stop_sequence';
  }
}

/** Anthropic counts what came from the cache, and went into it, beside the other input. */
export const mapToUsage = ({ prompt, completion, cached = 0, cache_write = 0 }: TokenUsage): Json => ({
  input_tokens: Math.max(0, prompt - cached - cache_write),
  cache_creation_input_tokens: cache_write,
  cache_read_input_tokens: cached,
  output_tokens: completion,
});

/** A message without content: what a stream begins with. */
export const mapToEnvelope = (head: AnswerHead): Json => ({
  id: `msg_${head.id}`,
  type: 'message',
  role: 'assistant',
  model: head.model,
  content: [],
  stop_reason: null,
  stop_sequence: null,
  usage: mapToUsage({ prompt: head.input_tokens, completion: 0 }),
});

/** A whole message. */
export const mapToMessage = (
  _call: GatewayCall,
  head: AnswerHead,
  { blocks, finish }: WholeAnswer,
): Json => ({
  ...mapToEnvelope(head),
  content: blocks.map(mapToBlock),
  ...mapToStop(finish),
  usage: mapToUsage(finish.usage),
});

function mapToBlock(block: AnswerBlock): Block {
  switch (block.type) {
    case 'text':
      return { type: 'text', text: block.text };
    case 'reasoning':
      return isRedacted(block.seal)
        ? mapToRedacted(block.seal)
        : { type: 'thinking', thinking: block.text, signature: mapToSignature(block.seal) };
    case 'tool_call':
      return {
        type: 'tool_use',
        id: block.tool_call_id,
        name: block.tool_name,
        input: toInput(block.arguments),
      };
  }
}

/** Stands for reasoning that nobody may read. */
export const isRedacted = (seal: ReasoningSeal | undefined): seal is ReasoningSeal =>
  seal?.kind === 'redacted';

export const mapToRedacted = (seal: ReasoningSeal): Block => ({
  type: 'redacted_thinking',
  data: writeSeal(seal, 'messages'),
});

export const mapToSignature = (seal: ReasoningSeal | undefined): string =>
  seal ? writeSeal(seal, 'messages') : '';

const types: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

/** An error as Anthropic has it; there is no member for the field, which the message names. */
export const mapToAnthropicError = ({
  status,
  message,
}: GatewayFailure): Json & { readonly type: 'error' } => ({
  type: 'error',
  error: { type: types[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error'), message },
});
