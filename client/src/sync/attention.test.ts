import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LiveValue } from '../live-value.js';
import { attended } from './attention.js';
import { createShelf } from './shelf.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('follows from the first who looks until some time after the last, and once', () => {
  const log: string[] = [];
  const followed = {
    start: () => {
      log.push('start');
      return () => void log.push('stop');
    },
  };
  const live = attended(new LiveValue(1), followed, 100);
  const one = live.subscribe(() => undefined);
  const other = live.subscribe(() => undefined);
  one();
  one();
  vi.advanceTimersByTime(1_000);
  expect(log).toEqual(['start']);
  other();
  vi.advanceTimersByTime(99);
  const back = live.subscribe(() => undefined);
  vi.advanceTimersByTime(1_000);
  expect(log).toEqual(['start']);
  back();
  vi.advanceTimersByTime(100);
  expect(log).toEqual(['start', 'stop']);
  live.subscribe(() => undefined);
  live.close();
  expect(log).toEqual(['start', 'stop', 'start', 'stop']);
});

it('keeps all that are looked at, and of the others the last twenty', () => {
  const made: string[] = [];
  const shelf = createShelf((key, whileUsed) => {
    made.push(key);
    const idle = { start: () => () => undefined };
    return { ...attended(new LiveValue(key), whileUsed(idle), 0), key };
  });
  const used = shelf.get('used');
  const leave = used.subscribe(() => undefined);
  for (let at = 0; at < 30; at++) shelf.get(`other ${at}`);
  expect(shelf.get('used')).toBe(used);
  expect(shelf.get('other 29').key).toBe('other 29');
  expect(made.length).toBe(31);
  shelf.get('other 0');
  expect(made.length).toBe(32);
  leave();
  vi.advanceTimersByTime(0);
  for (let at = 0; at < 30; at++) shelf.get(`more ${at}`);
  expect(shelf.get('used')).not.toBe(used);
});

it('keeps what must not be forgotten beside them, until it may be', () => {
  const shelf = createShelf((key, whileUsed) => {
    const thing = { isUnsaved: true };
    const idle = { start: () => () => undefined };
    return { ...attended(new LiveValue(key), whileUsed(idle), 0), thing, isUnsaved: () => thing.isUnsaved };
  });
  const first = shelf.get('first');
  for (let at = 0; at < 30; at++) shelf.get(`other ${at}`).thing.isUnsaved = false;
  expect(shelf.get('first')).toBe(first);
  first.thing.isUnsaved = false;
  for (let at = 30; at < 60; at++) shelf.get(`other ${at}`).thing.isUnsaved = false;
  expect(shelf.get('first')).not.toBe(first);
});

it('follows nothing any more once it is closed, whoever looks', () => {
  const log: string[] = [];
  const shelf = createShelf((key, whileUsed) => {
    const followed = {
      start: () => {
        log.push(`start ${key}`);
        return () => void log.push(`stop ${key}`);
      },
    };
    return attended(new LiveValue(key), whileUsed(followed), 0);
  });
  const one = shelf.get('one');
  one.subscribe(() => undefined);
  shelf.close();
  expect(log).toEqual(['start one', 'stop one']);
  const leave = one.subscribe(() => undefined);
  shelf.get('two').subscribe(() => undefined);
  leave();
  vi.advanceTimersByTime(1_000);
  expect(log).toEqual(['start one', 'stop one']);
});
