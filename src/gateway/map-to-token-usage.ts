import type { TokenUsage } from '../providers/language-model.js';
import type { RelayTarget } from '../providers/relay.js';

type Fields = Readonly<Record<string, unknown>>;

/**
 * What an answer, or an event of a streamed one, says of what was used so far; undefined where it says nothing. `before` is
 * what was said earlier: Anthropic says some of it at the beginning and the rest at the end. Pure.
 */
export function mapToTokenUsage(
  target: RelayTarget,
  said: unknown,
  before?: TokenUsage,
): TokenUsage | undefined {
  const fields = asFields(said);
  switch (target) {
    case 'chat_completions':
    case 'embeddings':
      return usageOf(fields?.['usage'], 'prompt_tokens', 'completion_tokens');
    case 'responses':
      return usageOf((asFields(fields?.['response']) ?? fields)?.['usage'], 'input_tokens', 'output_tokens');
    case 'messages':
      return ofMessages((asFields(fields?.['message']) ?? fields)?.['usage'], before);
    case 'count_tokens':
      return undefined;
  }
}

function usageOf(value: unknown, input: string, output: string): TokenUsage | undefined {
  const usage = asFields(value);
  if (!usage) return undefined;
  const cached = count(asFields(usage[`${input}_details`])?.['cached_tokens']);
  const reasoning = count(asFields(usage[`${output}_details`])?.['reasoning_tokens']);
  return {
    prompt: count(usage[input]) ?? 0,
    completion: count(usage[output]) ?? 0,
    ...(cached !== undefined && { cached }),
    ...(reasoning !== undefined && { reasoning }),
  };
}

/** Anthropic counts what came from the cache, and went into it, beside the other input. */
function ofMessages(value: unknown, before: TokenUsage | undefined): TokenUsage | undefined {
  const usage = asFields(value);
  if (!usage) return undefined;
  const cached = count(usage['cache_read_input_tokens']) ?? before?.cached ?? 0;
  const cache_write = count(usage['cache_creation_input_tokens']) ?? before?.cache_write ?? 0;
  const input =
    count(usage['input_tokens']) ??
    (before?.prompt ?? 0) - (before?.cached ?? 0) - (before?.cache_write ?? 0);
  return {
    prompt: input + cached + cache_write,
    completion: count(usage['output_tokens']) ?? before?.completion ?? 0,
    cached,
    cache_write,
  };
}

const asFields = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null ? (value as Fields) : undefined;

const count = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
