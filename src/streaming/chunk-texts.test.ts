import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newId, type MessageId } from '../kernel/ids.js';
import { packChunks } from './block-format.js';
import { blockTexts, rowTexts } from './chunk-texts.js';
import type { ChunkEntity } from './chunk.entity.js';

const message_id = newId<MessageId>();

const literal = fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text));

const chunk = (sequence: number): fc.Arbitrary<ChunkEntity> =>
  fc.record({
    message_id: fc.constant(message_id),
    sequence: fc.constant(sequence),
    kind: fc.constantFrom('text', 'reasoning', 'tool_arguments'),
    tool_call_id: fc.option(literal),
    delta: literal,
    created_at: fc.nat(),
  });

const some = fc
  .tuple(fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 1, max: 20 }))
  .chain(([from, n]) => fc.tuple(...Array.from({ length: n }, (_, place) => chunk(from + place))));

/** As the database joins rows. */
const joined = (chunks: readonly ChunkEntity[]) => ({
  chunks: chunks
    .map(({ kind, delta, tool_call_id: call }) =>
      [`"kind":"${kind}","delta":${delta}`, ...(call === null ? [] : [`"tool_call_id":${call}`])].join(),
    )
    .join('\n'),
  times: chunks.map(({ created_at }) => created_at).join(),
});

const shown = (row: ChunkEntity): unknown => ({
  sequence: row.sequence,
  kind: row.kind,
  delta: JSON.parse(row.delta) as string,
  ...(row.tool_call_id !== null && { tool_call_id: JSON.parse(row.tool_call_id) as string }),
  created_at: new Date(row.created_at).toISOString(),
});

describe('the text of chunks', () => {
  it('is the same JSON whether they are rows or packed, whatever is in them', () => {
    fc.assert(
      fc.property(some, (chunks) => {
        const after = (chunks[0]?.sequence ?? 1) - 1;
        const texts = rowTexts(joined(chunks), after);
        expect(texts.map((text): unknown => JSON.parse(text))).toEqual(chunks.map(shown));
        const upto = after + chunks.length;
        expect(packChunks(chunks).flatMap((block) => blockTexts(block, { after, upto }))).toEqual(texts);
      }),
    );
  });

  it('of a block is of those alone that were asked for', () => {
    const [chunks = []] = fc.sample(fc.tuple(...[11, 12, 13, 14].map(chunk)), { numRuns: 1, seed: 1 });
    const [block] = packChunks(chunks);
    const sequences = (after: number, upto: number): unknown[] =>
      (block ? blockTexts(block, { after, upto }) : []).map(
        (text) => (JSON.parse(text) as { sequence: number }).sequence,
      );
    expect(sequences(0, 100)).toEqual([11, 12, 13, 14]);
    expect(sequences(11, 13)).toEqual([12, 13]);
    expect(sequences(13, 100)).toEqual([14]);
    expect(sequences(0, 11)).toEqual([11]);
    expect(sequences(0, 5)).toEqual([]);
    expect(sequences(14, 20)).toEqual([]);
  });

  it('of no rows is none', () => {
    expect(rowTexts({ chunks: null, times: null }, 7)).toEqual([]);
  });
});
