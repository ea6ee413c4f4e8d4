import { describe, expect, it } from 'vitest';
import { formatRoute, parseRoute, type Route } from './route-format.js';

const id = '0199c9a2-7f3e-7a51-8c11-0d5a3c1e9b77';

describe('The address', () => {
  it.each<[string, Route]>([
    ['#/', { page: 'home' }],
    [`#/contexts/${id}`, { page: 'context', id }],
    [
      `#/contexts/${id}?message=0199c9a2-8a02-7d3e-b1f0-6a4c2e8d7f15&branch=main`,
      { page: 'context', id, message: '0199c9a2-8a02-7d3e-b1f0-6a4c2e8d7f15', branch: 'main' },
    ],
  ])('%s is read as it is written', (hash, route) => {
    expect(parseRoute(hash)).toEqual(route);
    expect(formatRoute(route)).toBe(hash);
  });

  it.each([
    '',
    '#',
    '#/contexts/',
    '#/contexts/a/b',
    '#/contexts/..%2f',
    '#/elsewhere',
    '#javascript:alert(1)',
  ])('%j leads home', (hash) => expect(parseRoute(hash)).toEqual({ page: 'home' }));
});
