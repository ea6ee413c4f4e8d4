import { describe, expect, it } from 'vitest';
import { mapToCounts } from './map-to-counts.js';

const price = { input: 2, output: 10, cached_input: 0.5, cache_write: 2.5 };

describe('what a call adds', () => {
  it('is what its provider counted, and what that costs in millionths', () => {
    const usage = { prompt: 1000, cached: 400, cache_write: 100, completion: 50, reasoning: 20 };
    expect(mapToCounts({ usage, request_bytes: 9, answer_bytes: 9 }, price)).toEqual({
      requests: 1,
      estimated_requests: 0,
      unpriced_requests: 0,
      prompt_tokens: 1000,
      cached_tokens: 400,
      cache_write_tokens: 100,
      completion_tokens: 50,
      reasoning_tokens: 20,
      cost_micros: 500 * 2 + 400 * 0.5 + 100 * 2.5 + 50 * 10,
    });
  });

  it('is an estimate that says so where the provider counted nothing', () => {
    expect(mapToCounts({ request_bytes: 41, answer_bytes: 8 }, price)).toMatchObject({
      ...{ requests: 1, estimated_requests: 1, prompt_tokens: 11, completion_tokens: 2, cost_micros: 42 },
    });
  });

  it('is a request alone for a call that nothing came of', () => {
    expect(mapToCounts({}, undefined)).toMatchObject({
      ...{ requests: 1, estimated_requests: 0, unpriced_requests: 0, prompt_tokens: 0, cost_micros: 0 },
    });
  });

  it('costs nothing without a price, and says so', () => {
    expect(mapToCounts({ usage: { prompt: 5, completion: 5 } }, undefined)).toMatchObject({
      ...{ unpriced_requests: 1, cost_micros: 0 },
    });
  });

  it('takes cached and written input for other input where they have no price of their own', () => {
    const usage = { prompt: 10, cached: 4, cache_write: 4, completion: 0 };
    expect(mapToCounts({ usage }, { input: 3, output: 1 }).cost_micros).toBe(30);
  });

  it.each([
    [{ prompt: NaN, completion: -5 }, 0, 0],
    [{ prompt: Infinity, completion: 1.4 }, 0, 1],
    [{ prompt: 1e300, completion: 2 }, 1_000_000_000, 2],
  ])('believes no number that is none of tokens: %j', (usage, prompt_tokens, completion_tokens) => {
    expect(mapToCounts({ usage }, price)).toMatchObject({ prompt_tokens, completion_tokens });
  });

  it('has no part that is larger than its whole', () => {
    const usage = { prompt: 10, cached: 20, cache_write: 5, completion: 3, reasoning: 9 };
    expect(mapToCounts({ usage }, price)).toMatchObject({
      ...{ prompt_tokens: 10, cached_tokens: 10, cache_write_tokens: 0, reasoning_tokens: 3 },
    });
  });
});
