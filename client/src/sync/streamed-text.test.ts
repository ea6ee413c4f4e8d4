import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Chunk } from '../generated/types.gen.js';
import { extend, nothing } from './streamed-text.js';

const chunk = (sequence: number, delta: string, more: Partial<Chunk> = {}): Chunk => ({
  sequence,
  kind: 'text',
  delta,
  created_at: '2026-01-01T00:00:00.000Z',
  ...more,
});

it('is the beginning of the truth, whatever comes late, twice or with a gap', () => {
  const truth = Array.from({ length: 12 }, (_, at) => `${at + 1} `);
  const all = truth.map((delta, at) => chunk(at + 1, delta));
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(11), fc.nat(11))), (ranges) => {
      let streamed = nothing;
      for (const [from, to] of ranges) {
        const next = extend(streamed, all.slice(from, to + 1));
        expect(next.sequence).toBeGreaterThanOrEqual(streamed.sequence);
        streamed = next;
      }
      expect(streamed.text).toBe(truth.slice(0, streamed.sequence).join(''));
      expect(extend(streamed, all).text).toBe(truth.join(''));
    }),
  );
});

it('keeps what was thought, what is said, and the arguments of each call apart', () => {
  const streamed = extend(nothing, [
    chunk(1, 'Hm', { kind: 'reasoning' }),
    chunk(2, '{', { kind: 'tool_arguments', tool_call_id: 'a' }),
    chunk(3, '[', { kind: 'tool_arguments', tool_call_id: 'b' }),
    chunk(4, 'So'),
    chunk(5, '}', { kind: 'tool_arguments', tool_call_id: 'a' }),
  ]);
  expect(streamed).toEqual({ sequence: 5, text: 'So', reasoning: 'Hm', toolArguments: { a: '{}', b: '[' } });
});
