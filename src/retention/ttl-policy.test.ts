import { expect, it } from 'vitest';
import { expiresAt } from './ttl-policy.js';

it.each([
  [0, null, undefined],
  [500, null, 1500],
  [0, 300, 1300],
  [500, 300, 1300],
  [500, 700, 1500],
])('a deployment’s %s and a context’s %s end at %s', (deploymentMs, contextMs, end) => {
  expect(expiresAt(1000, { deploymentMs, contextMs })).toBe(end);
});
