import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newId, type MessageId } from '../kernel/ids.js';
import { blockSize, packChunks, unpackBlock } from './block-format.js';
import type { ChunkEntity } from './chunk.entity.js';

const message_id = newId<MessageId>();

const chunk = (sequence: number) =>
  fc.record({
    message_id: fc.constant(message_id),
    sequence: fc.constant(sequence),
    kind: fc.constantFrom('text', 'reasoning', 'tool_arguments'),
    tool_call_id: fc.option(fc.string({ minLength: 1 })),
    delta: fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)),
    created_at: fc.nat(),
  });

const run = (from: number, count: number): fc.Arbitrary<ChunkEntity[]> =>
  fc.tuple(...Array.from({ length: count }, (_, place) => chunk(from + place)));

describe('a block', () => {
  it('holds its chunks exactly as they were', () => {
    const some = fc
      .tuple(fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 0, max: 20 }))
      .chain(([at, n]) => run(at, n));
    fc.assert(
      fc.property(some, (chunks) => {
        expect(packChunks(chunks).flatMap(unpackBlock)).toEqual(chunks);
      }),
    );
  });

  it('holds no more than its size, and the next one goes on where it ends', () => {
    const [chunks] = fc.sample(run(1, 2 * blockSize + 1), { numRuns: 1, seed: 1 });
    const blocks = packChunks(chunks ?? []);
    expect(blocks.map(({ first_sequence, last_sequence }) => [first_sequence, last_sequence])).toEqual([
      [1, blockSize],
      [blockSize + 1, 2 * blockSize],
      [2 * blockSize + 1, 2 * blockSize + 1],
    ]);
  });
});
