import type { ModelPrice } from '../../config/price-table.js';
import type { TokenUsage } from '../../providers/language-model.js';
import type { CallOutcome } from '../permit.js';
import type { Counts } from './usage-kinds.js';

/** English text has about four bytes a token; Chinese, with three bytes a character, about as many. */
const bytesPerToken = 4;

/** No call has more: what a provider says beyond it is no number of tokens. */
const mostTokens = 1_000_000_000;

const whole = (tokens: number | undefined): number =>
  Number.isFinite(tokens) ? Math.min(Math.max(Math.round(tokens ?? 0), 0), mostTokens) : 0;

const estimate = ({ request_bytes = 0, answer_bytes = 0 }: CallOutcome): TokenUsage => ({
  prompt: Math.ceil(request_bytes / bytesPerToken),
  completion: Math.ceil(answer_bytes / bytesPerToken),
});

/** What one call adds to what was used: as its provider counted, or estimated. `price` undefined costs nothing. Pure. */
export function mapToCounts(outcome: CallOutcome, price: ModelPrice | undefined): Counts {
  const usage = outcome.usage ?? estimate(outcome);
  const prompt = whole(usage.prompt);
  // Parts of a whole, whatever a provider takes them for.
  const cached = Math.min(whole(usage.cached), prompt);
  const written = Math.min(whole(usage.cache_write), prompt - cached);
  const completion = whole(usage.completion);
  const counted = {
    prompt_tokens: prompt,
    cached_tokens: cached,
    cache_write_tokens: written,
    completion_tokens: completion,
    reasoning_tokens: Math.min(whole(usage.reasoning), completion),
  };
  const hasSomething = prompt + completion > 0;
  return {
    requests: 1,
    estimated_requests: outcome.usage === undefined && hasSomething ? 1 : 0,
    unpriced_requests: price === undefined && hasSomething ? 1 : 0,
    ...counted,
    cost_micros: price ? costOf(counted, price) : 0,
  };
}

/** A price of a million tokens is that of one in millionths: whole ones are kept, rounded once for each call. */
function costOf(
  counted: Omit<Counts, 'requests' | 'estimated_requests' | 'unpriced_requests' | 'cost_micros'>,
  { input, output, cached_input = input, cache_write = input }: ModelPrice,
): number {
  const { prompt_tokens, cached_tokens, cache_write_tokens, completion_tokens } = counted;
  const plain = prompt_tokens - cached_tokens - cache_write_tokens;
  return Math.round(
    plain * input +
      cached_tokens * cached_input +
      cache_write_tokens * cache_write +
      completion_tokens * output,
  );
}
