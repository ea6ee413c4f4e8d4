import { describe, expect, it } from 'vitest';
import { TextCache } from './text-cache.js';

const text = (length: number) => ({ text: 'x'.repeat(length) });

describe('a cache of texts', () => {
  it('gives back what was kept, and nothing for what was not', () => {
    const cache = new TextCache(100_000);
    const kept = text(10);
    cache.set('a', kept);
    expect(cache.get('a')).toBe(kept);
    expect(cache.get('b')).toBeUndefined();
  });

  it('never holds more than its limit, and lets go first what was not asked for the longest', () => {
    const cache = new TextCache(20_000);
    for (let n = 0; n < 20; n++) {
      cache.set(`${n}`, text(750));
      cache.get('0');
    }
    expect(cache.get('20')).toBeUndefined();
    for (let n = 20; n < 30; n++) {
      cache.set(`${n}`, text(750));
      cache.get('0');
    }
    const held = Array.from({ length: 30 }, (_, n) => n).filter((n) => cache.get(`${n}`));
    expect(held).toEqual([0, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29]);
  });

  it('counts what it lets go, so that there is room again', () => {
    const cache = new TextCache(20_000);
    for (let n = 0; n < 1000; n++) cache.set(`${n}`, text(1000));
    const held = Array.from({ length: 1000 }, (_, n) => n).filter((n) => cache.get(`${n}`));
    expect(held).toEqual(Array.from({ length: 16 }, (_, n) => 984 + n));
  });

  it('does not keep a text that would drive out much else, nor anything when its limit is 0', () => {
    const cache = new TextCache(16_000);
    cache.set('large', text(1000));
    expect(cache.get('large')).toBeUndefined();
    const none = new TextCache(0);
    none.set('small', text(1));
    expect(none.get('small')).toBeUndefined();
  });
});
