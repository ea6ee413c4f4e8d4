import type { TokenUsage } from '../../language-model.js';
import { count, fields, type Fields } from '../fields.js';

/** The counters of a message that were told, by their names in it. */
export type MessageTokens = Readonly<Partial<Record<Counter, number>>>;

type Counter = (typeof counters)[number] | 'thinking_tokens';

const counters = [
  'input_tokens',
  'output_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
] as const;

/** Throws WrongField for a counter that is no number. Pure. */
export function readTokens(usage: Fields | undefined): MessageTokens {
  const told = counters.map((name) => [name, usage?.[name]] as const);
  const thought = fields(usage?.['output_tokens_details'])?.['thinking_tokens'];
  return Object.fromEntries(
    [...told, ['thinking_tokens', thought] as const].flatMap(([name, tokens]) =>
      tokens === undefined || tokens === null ? [] : [[name, count(tokens)]],
    ),
  );
}

/** Anthropic counts what comes from the cache and what goes into it beside the rest of the prompt, not as a part of it. */
export function toUsage(tokens: MessageTokens): TokenUsage {
  const cached = tokens.cache_read_input_tokens ?? 0;
  const written = tokens.cache_creation_input_tokens ?? 0;
  const reasoning = tokens.thinking_tokens ?? 0;
  return {
    prompt: (tokens.input_tokens ?? 0) + cached + written,
    completion: tokens.output_tokens ?? 0,
    ...(reasoning > 0 && { reasoning }),
    ...(cached > 0 && { cached }),
    ...(written > 0 && { cache_write: written }),
  };
}
