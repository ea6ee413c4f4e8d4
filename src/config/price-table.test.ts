import { describe, expect, it } from 'vitest';
import { priceOf, priceTable } from './price-table.js';

const prices = {
  'openai/gpt-4o': { input: 2.5, output: 10, cached_input: 1.25 },
  'openai/gpt-4o*': { input: 3, output: 11 },
  'openai/*': { input: 1, output: 2 },
};

describe('a price', () => {
  it.each([
    ['openai/gpt-4o', 2.5],
    ['openai/gpt-4o-mini', 3],
    ['openai/o3', 1],
  ])('of %s is that of its own name, or of the longest beginning', (model, input) => {
    expect(priceOf(prices, model)?.input).toBe(input);
  });

  it('of a model that nothing fits is not known', () => {
    expect(priceOf(prices, 'anthropic/claude-opus-4-5')).toBeUndefined();
    expect(priceOf(prices, 'toString')).toBeUndefined();
    expect(priceOf({ '*': { input: 1, output: 1 } }, 'any/thing')).toBeDefined();
  });
});

describe('the table of prices', () => {
  it('is read from JSON, or from what the file holds', () => {
    expect(priceTable.read(JSON.stringify(prices))).toEqual(prices);
    expect(priceTable.read(prices)).toEqual(prices);
    expect(priceTable.read('{}')).toEqual({});
  });

  it.each([
    ['[]', 'it must be a mapping'],
    ['{"gpt-4o": {"input": 1, "output": 1}}', '"gpt-4o" must be a model id with its provider'],
    ['{"a/b": {"input": 1}}', 'a/b.output must be a number from 0 to 1000000'],
    ['{"a/b": {"input": -1, "output": 1}}', 'a/b.input must be a number'],
    ['{"a/b": {"input": 1e9, "output": 1}}', 'a/b.input must be a number'],
    ['{"a/b": {"input": "1", "output": 1}}', 'a/b.input must be a number'],
    ['{"a/b": {"input": 1, "output": 1, "cached_input": null}}', 'a/b.cached_input must be a number'],
    ['{"a/b": {"input": 1, "output": 1, "minute": 1}}', 'a/b has "minute"'],
    ['{"a/b": 1}', 'a/b must be a mapping'],
  ])('refuses %s', (raw, why) => {
    expect(priceTable.read(raw)).toBeUndefined();
    expect(priceTable.whyNot?.(raw)).toContain(why);
  });

  it('has at most a thousand', () => {
    const some = (count: number): object =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`a/${n}`, { input: 1, output: 1 }]));
    expect(priceTable.read(some(1000))).toBeDefined();
    expect(priceTable.whyNot?.(some(1001))).toBe('there are more than 1000 prices');
  });
});
