import { mapping, objectFrom, objectOf, quote, refuseOtherFields, Wrong } from './mapping.js';

/** What a million tokens cost, in the currency that is set. */
export interface ModelPrice {
  readonly input: number;
  readonly output: number;
  /** Of the input: read from the provider's cache. Unset, as other input. */
  readonly cached_input?: number;
  /** Of the input: written into the provider's cache. Unset, as other input. */
  readonly cache_write?: number;
}

/** By the ids of models, or by what several begin with and a `*`. */
export type PriceTable = Readonly<Record<string, ModelPrice>>;

export const priceTable = mapping<PriceTable>(
  'a mapping of model ids, or of what they begin with and a *, to {input, cached_input, cache_write, output}',
  readTable,
);

/** The price of a model: by its id, else by the longest beginning that fits. Pure. */
export function priceOf(prices: PriceTable, model: string): ModelPrice | undefined {
  if (Object.hasOwn(prices, model)) return prices[model];
  const fitting = Object.keys(prices)
    .filter((name) => name.endsWith('*') && model.startsWith(name.slice(0, -1)))
    .sort((a, b) => b.length - a.length);
  return fitting[0] === undefined ? undefined : prices[fitting[0]];
}

const maxPrices = 1000;
const maxPrice = 1_000_000;
const needed = ['input', 'output'] as const;
const others = ['cached_input', 'cache_write'] as const;

function readTable(raw: unknown): PriceTable {
  const prices = Object.entries(objectFrom(raw));
  if (prices.length > maxPrices) throw new Wrong(`there are more than ${maxPrices} prices`);
  return Object.fromEntries(prices.map(([id, price]) => [id, readPrice(price, id)]));
}

function readPrice(raw: unknown, id: string): ModelPrice {
  if (!/^(\*|[a-z][\w.-]*\/[\x21-\x7e]{1,200})$/.test(id))
    throw new Wrong(
      `${quote(id)} must be a model id with its provider, such as openai/gpt-4o-mini or openai/gpt-4o*`,
    );
  const given = objectOf(raw, id);
  refuseOtherFields(given, [...needed, ...others], id);
  const [input, output] = needed.map((field) => amount(given[field], `${id}.${field}`));
  const rest = others.filter((field) => given[field] !== undefined);
  return {
    input: input ?? 0,
    output: output ?? 0,
    ...Object.fromEntries(rest.map((field) => [field, amount(given[field], `${id}.${field}`)])),
  };
}

function amount(value: unknown, where: string): number {
  if (typeof value === 'number' && value >= 0 && value <= maxPrice) return value;
  throw new Wrong(`${where} must be a number from 0 to ${maxPrice}: the price of a million tokens`);
}
