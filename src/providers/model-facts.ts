import type { ModelFacts, Tokenizer } from '../config/model-table.js';
import { imageRuleOf } from './image-rules.js';

/**
 * A model of which nothing is known is taken to be able to do anything: its server knows better, and says so.
 * The window is one that most models have by now.
 */
export const unknownModel: ModelFacts = {
  context_window: 128_000,
  max_output_tokens: 128_000,
  vision: true,
  tools: true,
  reasoning: true,
  tokenizer: 'estimate',
};

type Trait = 'sees' | 'thinks' | 'no tools';

const sees = 'sees';
const thinks = 'thinks';
const noTools = 'no tools';

/** Calls tools, sees nothing and does not think, where nothing else is said. */
const counted =
  (tokenizer: Tokenizer) =>
  (context_window: number, max_output_tokens: number, ...can: readonly Trait[]): ModelFacts => ({
    context_window,
    max_output_tokens,
    vision: can.includes(sees),
    tools: !can.includes(noTools),
    reasoning: can.includes(thinks),
    tokenizer,
  });

const o200k = counted('o200k_base');
const cl100k = counted('cl100k_base');
const claude = (output: number, ...can: readonly Trait[]): ModelFacts =>
  counted('estimate')(200_000, output, sees, ...can);

/**
 * By name. As the two providers' model pages had it at the end of 2025; PULLCORD_MODELS says what has changed since, and
 * what is new.
 */
const known = new Map(
  Object.entries({
    'gpt-3.5-turbo': cl100k(16_385, 4096),
    'gpt-4': cl100k(8192, 8192),
    'gpt-4-32k': cl100k(32_768, 32_768),
    'gpt-4-turbo': cl100k(128_000, 4096, sees),
    'gpt-4-turbo-preview': cl100k(128_000, 4096),
    'gpt-4-1106-preview': cl100k(128_000, 4096),
    'gpt-4-0125-preview': cl100k(128_000, 4096),
    'gpt-4o': o200k(128_000, 16_384, sees),
    'gpt-4o-2024-05-13': o200k(128_000, 4096, sees),
    'gpt-4o-mini': o200k(128_000, 16_384, sees),
    'chatgpt-4o': o200k(128_000, 16_384, sees, noTools),
    'gpt-4.1': o200k(1_047_576, 32_768, sees),
    'gpt-4.1-mini': o200k(1_047_576, 32_768, sees),
    'gpt-4.1-nano': o200k(1_047_576, 32_768, sees),
    'gpt-5': o200k(400_000, 128_000, sees, thinks),
    'gpt-5-mini': o200k(400_000, 128_000, sees, thinks),
    'gpt-5-nano': o200k(400_000, 128_000, sees, thinks),
    'gpt-5-chat': o200k(128_000, 16_384, sees),
    'gpt-5.1': o200k(400_000, 128_000, sees, thinks),
    'gpt-oss-20b': o200k(131_072, 131_072, thinks),
    'gpt-oss-120b': o200k(131_072, 131_072, thinks),
    o1: o200k(200_000, 100_000, sees, thinks),
    'o1-mini': o200k(128_000, 65_536, noTools),
    'o1-preview': o200k(128_000, 32_768, noTools),
    o3: o200k(200_000, 100_000, sees, thinks),
    'o3-mini': o200k(200_000, 100_000, thinks),
    'o4-mini': o200k(200_000, 100_000, sees, thinks),
    'claude-3-haiku': claude(4096),
    'claude-3-opus': claude(4096),
    'claude-3-5-haiku': claude(8192),
    'claude-3-5-sonnet': claude(8192),
    'claude-3-7-sonnet': claude(64_000, thinks),
    'claude-sonnet-4': claude(64_000, thinks),
    'claude-sonnet-4-5': claude(64_000, thinks),
    'claude-haiku-4-5': claude(64_000, thinks),
    'claude-opus-4': claude(32_000, thinks),
    'claude-opus-4-1': claude(32_000, thinks),
    'claude-opus-4-5': claude(64_000, thinks),
  }),
);

/** What a provider puts behind a name for the model as it was on a day, or as it is now. */
const snapshot = /[-@](\d{4}|\d{8}|\d{4}-\d\d-\d\d|latest|0)$/;

/**
 * What is known of a model by its name alone, whoever serves it; undefined for a name that nobody here has heard of.
 * What stands before a slash is who made it. Pure.
 */
export function factsOf(name: string): ModelFacts | undefined {
  const own = name.slice(name.lastIndexOf('/') + 1);
  const facts = known.get(own) ?? known.get(own.replace(snapshot, ''));
  return facts && { ...facts, images: imageRuleOf(own, facts.tokenizer) };
}
