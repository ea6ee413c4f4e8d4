import { counterBy } from '../../telemetry/instruments.js';
import type { Counts } from './usage-kinds.js';

const tokens = counterBy(
  'pullcord_tokens_total',
  'Tokens that calls to models used, as their providers counted them, or estimated; cached and cache_write are parts of prompt, reasoning is one of completion',
  ['provider', 'kind'],
);

/** Counts what a call has used. `model` is an id with its provider, which alone is said: of models there may be any number. */
export function measureTokens(model: string, counts: Counts): void {
  const provider = model.split('/', 1)[0] ?? '';
  tokens.of(provider, 'prompt').add(counts.prompt_tokens);
  tokens.of(provider, 'completion').add(counts.completion_tokens);
  tokens.of(provider, 'cached').add(counts.cached_tokens);
  tokens.of(provider, 'cache_write').add(counts.cache_write_tokens);
  tokens.of(provider, 'reasoning').add(counts.reasoning_tokens);
}
