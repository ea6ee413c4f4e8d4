import { countTokens as countOlder } from 'gpt-tokenizer/encoding/cl100k_base';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { expect, it } from 'vitest';
import { TokenCounter } from './token-counter.js';

it('counts as the tokenizer does', async () => {
  const text = 'Whose woods these are I think I know.';
  expect(await new TokenCounter(10).count(text, 'o200k_base')).toBe(countTokens(text));
  expect(await new TokenCounter(10).count('', 'o200k_base')).toBe(0);
});

it('counts as the family of the model does, and a fifth more for families that publish no tokenizer', async () => {
  const text = '森の中の静かな道を歩く。 Whose woods these are I think I know.';
  const counter = new TokenCounter(10);
  expect(await counter.count(text, 'cl100k_base')).toBe(countOlder(text));
  expect(await counter.count(text, 'o200k_base')).toBe(countTokens(text));
  expect(await counter.count(text, 'estimate')).toBe(Math.ceil(countTokens(text) * 1.2));
  expect(countOlder(text)).not.toBe(countTokens(text));
});

it('takes what looks like a control token for text', async () => {
  expect(await new TokenCounter(10).count('<|endoftext|>', 'o200k_base')).toBeGreaterThan(1);
});

it('counts long texts in pieces, a token more for each at most, and never more than their bytes', async () => {
  const text = 'His house is in the village though; 雪の夜 🌨️ '.repeat(200);
  const [exact, counted] = [countTokens(text), await new TokenCounter(10).count(text, 'o200k_base')];
  expect(counted).toBeGreaterThanOrEqual(exact);
  expect(counted - exact).toBeLessThan(2 * Math.ceil(text.length / 1024));
  expect(counted).toBeLessThanOrEqual(Buffer.byteLength(text));
});

it('lets others have their turn while it counts one long word', async () => {
  let turns = 0;
  let isOver = false;
  const take = (): void => {
    turns += 1;
    if (!isOver) setImmediate(take);
  };
  setImmediate(take);
  await new TokenCounter(10, () => Promise.resolve(() => 1)).count('a'.repeat(200_000), 'o200k_base');
  isOver = true;
  expect(turns).toBeGreaterThan(4);
});

it('remembers what it has counted, those texts that were asked for last', async () => {
  const counted: string[] = [];
  const tokenizer = () =>
    Promise.resolve((text: string) => {
      counted.push(text);
      return text.length;
    });
  const counter = new TokenCounter(2, tokenizer);
  const texts = ['a', 'ab', 'a', 'abc', 'a', 'ab'];
  const counts: number[] = [];
  for (const text of texts) counts.push(await counter.count(text, 'o200k_base'));
  expect(counts).toEqual([1, 2, 1, 3, 1, 2]);
  expect(counted).toEqual(['a', 'ab', 'abc', 'ab']);
});

it('loads the tokenizer once, and only for what is to be counted', async () => {
  let loads = 0;
  const counter = new TokenCounter(10, () => {
    loads += 1;
    return Promise.resolve(() => 1);
  });
  expect(loads).toBe(0);
  await Promise.all(['a', 'b', 'c'].map((text) => counter.count(text, 'o200k_base')));
  expect(loads).toBe(1);
});
