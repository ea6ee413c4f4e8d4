import { expect, it } from 'vitest';
import { mapToPage, type PageOf } from './map-to-page.js';

const items = ['a', 'b', 'c', 'd'].map((id) => ({ id }));

it.each<[PageOf, string, boolean]>([
  [{}, 'abcd', false],
  [{ limit: 4 }, 'abcd', false],
  [{ limit: 2 }, 'ab', true],
  [{ limit: 2, after_id: 'b' }, 'cd', false],
  [{ limit: 1, after_id: 'b' }, 'c', true],
  [{ after_id: 'd' }, '', false],
  // As Anthropic pages back: those right before it.
  [{ limit: 2, before_id: 'd' }, 'bc', true],
  [{ limit: 3, before_id: 'd' }, 'abc', false],
  [{ before_id: 'a' }, '', false],
  [{ after_id: 'a', before_id: 'd' }, 'bc', false],
  [{ after_id: 'x', before_id: 'y' }, 'abcd', false],
])('the page %j is %s', (query, ids, has_more) => {
  const { data, ...page } = mapToPage(items, query);
  const [first_id = null, last_id = null] = [ids[0], ids.at(-1)];

  expect(data.map(({ id }) => id).join('')).toBe(ids);
  expect(page).toEqual({ has_more, first_id, last_id });
});

it('is empty where there is nothing', () => {
  expect(mapToPage([], { limit: 1 })).toEqual({ data: [], has_more: false, first_id: null, last_id: null });
});
