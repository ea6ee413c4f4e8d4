import { describe, expect, it } from 'vitest';
import type { Message } from '../generated/types.gen.js';
import { append, growth, lineOf, prepend, renew } from './line.js';

const message = (id: string, parent_id: string | null, more: Partial<Message> = {}): Message =>
  ({ id, parent_id, branch: 'main', revision: 1, ...more }) as Message;

const ids = (messages: readonly Message[] | undefined): string | undefined =>
  messages?.map(({ id }) => id).join('');

const page = (messages: readonly Message[], has_more = false) => ({
  branch: 'main',
  messages: [...messages],
  siblings: [],
  has_more,
});
const [a, b, c, d] = [message('a', null), message('b', 'a'), message('c', 'b'), message('d', 'c')];
const line = lineOf(page([a, b]), '');

describe('what a line grows by', () => {
  it('is told by the messages that follow on its last one, in whatever order they come', () => {
    expect(ids(growth(line, [d, c], 'd'))).toBe('cd');
    expect(ids(growth(lineOf(page([]), ''), [b, a], 'b'))).toBe('ab');
    expect(growth(line, [], 'b')).toEqual([]);
  });

  it('is not guessed where one is missing, or was written on another branch', () => {
    expect(growth(line, [d], 'd')).toBeUndefined();
    expect(growth(line, [c], 'd')).toBeUndefined();
    expect(growth(line, [message('c', 'b', { branch: 'fork' })], 'c')).toBeUndefined();
    expect(growth(line, [message('c', 'b'), message('e', 'c', { branch: 'fork' })], 'e')).toBeUndefined();
  });

  it('does not go round in circles', () => {
    expect(growth(line, [message('c', 'b'), message('b', 'c')], 'x')).toBeUndefined();
  });
});

describe('a line', () => {
  it('takes the newer of two versions, and is the very same when none is', () => {
    expect(renew(line, [message('b', 'a', { revision: 1 }), c])).toBe(line);
    const renewed = renew(line, [message('b', 'a', { revision: 2 })]);
    expect(renewed.messages[0]).toBe(a);
    expect(renewed.messages[1]?.revision).toBe(2);
    expect(renew(renewed, [message('b', 'a', { revision: 1 })])).toBe(renewed);
  });

  it('grows at both ends, and knows whether there is more above', () => {
    const middle = lineOf(page([b, c], true), '');
    expect(ids(append(middle, page([d])).messages)).toBe('bcd');
    expect(append(middle, page([d])).hasOlder).toBe(true);
    expect(prepend(middle, page([a])).hasOlder).toBe(false);
    expect(ids(prepend(middle, page([a])).messages)).toBe('abc');
  });
});
