import { expect, it } from 'vitest';
import { McpRetries } from './mcp-retries.js';

const limits = { baseMs: 100, maxMs: 400 };

it('waits longer after each failure, never longer than the longest wait, and then gives up', () => {
  const retries = new McpRetries(limits, () => 1);
  expect([retries.wait(0), retries.isGivenUp]).toEqual([0, false]);
  const seen = [1, 2, 3, 4].map(() => {
    retries.fail(1000, 0);
    return [retries.wait(1000), retries.isGivenUp];
  });
  expect(seen).toEqual([
    [100, false],
    [200, false],
    [400, true],
    [400, true],
  ]);
  expect(retries.wait(1400)).toBe(0);
});

it('leaves half of the wait to chance', () => {
  const retries = new McpRetries(limits, () => 0);
  retries.fail(0, 0);
  expect(retries.wait(0)).toBe(50);
});

it('begins anew with a server that ran for long', () => {
  const retries = new McpRetries(limits, () => 1);
  for (let time = 0; time < 3; time++) retries.fail(0, 0);
  retries.fail(0, 400);
  expect([retries.wait(0), retries.isGivenUp]).toEqual([100, false]);
});
