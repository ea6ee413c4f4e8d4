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

  it('never holds more than its limit, and lets go of nothing that was asked for lately', () => {
    const cache = new TextCache(20_000);
    for (let n = 0; n < 1000; n++) {
      cache.set(`${n}`, text(750));
      cache.get('0');
      // Newest first, as a look is an asking too.
      const lately = Array.from({ length: Math.min(9, n) }, (_, back) => `${n - back}`);
      if (n % 7 === 0) expect([...lately, '0'].filter((key) => !cache.get(key))).toEqual([]);
    }
    const held = Array.from({ length: 1000 }, (_, n) => n).filter((n) => cache.get(`${n}`));
    expect(held.length).toBeGreaterThanOrEqual(10);
    expect(held.length).toBeLessThanOrEqual(20);
  });

  it('counts what it lets go, so that there is room again', () => {
    const cache = new TextCache(20_000);
    for (let n = 0; n < 1000; n++) cache.set(`${n}`, text(750));
    expect(Array.from({ length: 10 }, (_, back) => cache.get(`${999 - back}`)).every(Boolean)).toBe(true);
    expect(cache.get('979')).toBeUndefined();
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
