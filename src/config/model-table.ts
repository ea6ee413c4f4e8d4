import { mapping, objectFrom, objectOf, quote, refuseOtherFields, Wrong } from './mapping.js';

/** How a model's tokens are counted: with an encoding of OpenAI's, or by an estimate. */
export const tokenizers = ['o200k_base', 'cl100k_base', 'estimate'] as const;
export type Tokenizer = (typeof tokenizers)[number];

/** What a model takes and can do. */
export interface ModelFacts {
  /** Tokens of the request and the answer together. */
  readonly context_window: number;
  /** Tokens of one answer, its reasoning included. */
  readonly max_output_tokens: number;
  /** Takes images. */
  readonly vision: boolean;
  /** Calls tools. */
  readonly tools: boolean;
  /** Can be told how hard to think. */
  readonly reasoning: boolean;
  readonly tokenizer: Tokenizer;
  /** How the tokens of images are counted; absent where the model's name does not say. */
  readonly images?: ImageRule;
}

/**
 * How many tokens an image takes: so many for each tile of 512 by 512 pixels and a base for all, so many for each patch of
 * 32 by 32, or by its area.
 */
export type ImageRule =
  | { readonly type: 'tiles'; readonly base: number; readonly tile: number }
  | { readonly type: 'patches'; readonly factor: number }
  | { readonly type: 'area' };

/** By the ids of models, with their providers: what is to be known of them instead of what is known otherwise. */
export type ModelTable = Readonly<Record<string, Partial<ModelFacts>>>;

export const modelTable = mapping<ModelTable>(
  'a mapping of model ids to {context_window, max_output_tokens, vision, tools, reasoning, tokenizer}',
  readTable,
);

const maxModels = 1000;
const maxTokens = 100_000_000;
const counts = ['context_window', 'max_output_tokens'] as const;
const flags = ['vision', 'tools', 'reasoning'] as const;

function readTable(raw: unknown): ModelTable {
  const models = Object.entries(objectFrom(raw));
  if (models.length > maxModels) throw new Wrong(`there are more than ${maxModels} models`);
  return Object.fromEntries(models.map(([id, facts]) => [id, readFacts(facts, id)]));
}

function readFacts(raw: unknown, id: string): Partial<ModelFacts> {
  if (!/^[a-z][\w.-]*\/[\x21-\x7e]{1,200}$/.test(id))
    throw new Wrong(`${quote(id)} must be a model id with its provider, such as openai/gpt-4o-mini`);
  const given = objectOf(raw, id);
  refuseOtherFields(given, [...counts, ...flags, 'tokenizer'], id);
  const { tokenizer } = given;
  const known = tokenizers.find((one) => one === tokenizer);
  if (tokenizer !== undefined && !known)
    throw new Wrong(`${id}.tokenizer must be one of ${tokenizers.join(', ')}`);
  return {
    ...Object.fromEntries(counts.flatMap((field) => read(field, given[field], isCount, id))),
    ...Object.fromEntries(flags.flatMap((field) => read(field, given[field], isFlag, id))),
    ...(known && { tokenizer: known }),
  };
}

interface Check {
  readonly isAllowed: (value: unknown) => boolean;
  readonly allowed: string;
}

const isCount: Check = {
  isAllowed: (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= 16 && value <= maxTokens,
  allowed: `a whole number of tokens from 16 to ${maxTokens}`,
};

const isFlag: Check = { isAllowed: (value) => typeof value === 'boolean', allowed: 'true or false' };

function read(field: string, value: unknown, { isAllowed, allowed }: Check, id: string): [string, unknown][] {
  if (value === undefined) return [];
  if (!isAllowed(value)) throw new Wrong(`${id}.${field} must be ${allowed}`);
  return [[field, value]];
}
