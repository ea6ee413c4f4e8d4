import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Segment } from '../contexts/branch-tree.js';
import type { BranchId } from '../kernel/ids.js';
import { commonLength, countOf, joined, pageOf, without, type Stretch } from './merge-lines.js';

/** Every message of a list of stretches by itself. */
const each = (stretches: readonly Stretch[]): string[] =>
  stretches.flatMap(({ branch, from, to }) =>
    Array.from({ length: to - from + 1 }, (_, n) => `${branch}${from + n}`),
  );

const stretch = fc
  .record({ branch: fc.constantFrom('a', 'b'), from: fc.integer({ min: 1, max: 12 }), more: fc.nat(5) })
  .map(({ branch, from, more }): Stretch => ({ branch: branch as BranchId, from, to: from + more }));
const stretches = fc.array(stretch, { maxLength: 6 });

/** A line of these stretches, newest first. */
function lineOf(parts: readonly Stretch[]): Segment[] {
  let at = 1;
  const line = parts.map((part) => {
    const segment = { ...part, via: 'v' as BranchId, at };
    at += part.to - part.from + 1;
    return segment;
  });
  return line.reverse();
}

describe('stretches', () => {
  it('without others are their messages that are not among the others’, in their order', () => {
    fc.assert(
      fc.property(stretches, stretches, (some, others) => {
        const taken = new Set(each(others));
        expect(each(without(some, others))).toEqual(each(some).filter((one) => !taken.has(one)));
      }),
    );
  });

  it('that are joined are the same messages in fewer stretches', () => {
    fc.assert(
      fc.property(stretches, (some) => {
        const apart = some.flatMap(({ branch, from, to }) =>
          Array.from({ length: to - from + 1 }, (_, n) => ({ branch, from: from + n, to: from + n })),
        );
        expect(each(joined(apart))).toEqual(each(some));
        expect(joined(apart).length).toBeLessThanOrEqual(Math.max(some.length, 0));
      }),
    );
  });

  it('are read a page at a time, each message once', () => {
    fc.assert(
      fc.property(stretches, fc.integer({ min: 1, max: 7 }), (some, limit) => {
        const pages: string[] = [];
        for (let skipped = 0; skipped < countOf(some); skipped += limit) {
          const page = each(pageOf(some, skipped, limit));
          expect(page.length).toBe(Math.min(limit, countOf(some) - skipped));
          pages.push(...page);
        }
        expect(pages).toEqual(each(some));
      }),
    );
  });
});

describe('two lines', () => {
  it('have in common what they begin with, however each is put together', () => {
    fc.assert(
      fc.property(stretches, stretches, stretches, fc.boolean(), (start, one, other, isSplit) => {
        const halves = start.flatMap(({ branch, from, to }) =>
          isSplit && from < to
            ? [
                { branch, from, to: from },
                { branch, from: from + 1, to },
              ]
            : [{ branch, from, to }],
        );
        const [a, b] = [
          [...start, ...one],
          [...halves, ...other],
        ];
        const [x, y] = [each(a), each(b)];
        const differs = x.findIndex((message, index) => message !== y[index]);
        const expected = differs < 0 ? x.length : differs;
        expect(commonLength(lineOf(a), lineOf(b))).toBe(expected);
        expect(commonLength(lineOf(b), lineOf(a))).toBe(expected);
      }),
    );
  });
});
