import { describe, expect, it } from 'vitest';
import type { ModelPart } from '../../providers/language-model.js';
import { PartReader, PartRecorder, type RecordedPage } from './part-format.js';

const usage = { prompt: 1, completion: 2 };
const args = (tool_call_id: string, tool_name: string, delta: string): ModelPart => ({
  type: 'tool_arguments',
  tool_call_id,
  tool_name,
  delta,
});
const answer: readonly ModelPart[] = [
  { type: 'route', model: 'b/two', skipped: [{ model: 'a/one', code: 'circuit_open', message: 'Open.' }] },
  { type: 'reasoning', delta: 'Hm' },
  { type: 'reasoning_seal', seal: { dialect: 'messages', kind: 'signature', value: 's1' } },
  { type: 'reasoning_seal', seal: { dialect: 'messages', kind: 'redacted', value: 's2' } },
  { type: 'text', delta: 'A' },
  { type: 'text', delta: 'B' },
  args('c1', 'look', '{"a"'),
  args('c2', 'find', '{}'),
  args('c1', 'look', ':1}'),
  { type: 'tool_call', tool_call_id: 'c1', tool_name: 'look', arguments: '{"a":1}' },
  { type: 'tool_call', tool_call_id: 'c2', tool_name: 'find', arguments: '{}' },
  // The same id once more, for another tool.
  args('c1', 'other', '{}'),
  { type: 'tool_call', tool_call_id: 'c1', tool_name: 'other', arguments: '{}' },
  { type: 'finish', finish_reason: 'tool_calls', usage, stop_sequence: '###' },
];

/** The parts as they are recorded when they come so many at a time, in one page. */
function recorded(parts: readonly ModelPart[], size: number): RecordedPage {
  const recorder = new PartRecorder();
  const chunks: RecordedPage['chunks'][number][] = [];
  const marks: RecordedPage['marks'][number][] = [];
  for (let at = 0; at < parts.length; at += size) {
    const some = recorder.record(parts.slice(at, at + size));
    for (const chunk of some.chunks) chunks.push({ ...chunk, sequence: chunks.length + 1 });
    marks.push(...some.marks);
  }
  return { chunks, marks };
}

describe('the parts of an answer', () => {
  it.each([1, 2, 3, 5, 100])('are the same again when they were written %i at a time', (size) => {
    expect(new PartReader().read(recorded(answer, size))).toEqual(answer);
  });

  it.each([1, 2, 3])('are the same again when they are read in pages of %i chunks', (size) => {
    const { chunks, marks } = recorded(answer, 4);
    const reader = new PartReader();
    const parts: ModelPart[] = [];
    let after = 0;
    for (let at = 0; at < chunks.length; at += size) {
      const upto = Math.min(at + size, chunks.length);
      const some = marks.filter((mark) => mark.position > after && mark.after_sequence <= upto);
      after = some.at(-1)?.position ?? after;
      parts.push(...reader.read({ chunks: chunks.slice(at, upto), marks: some }));
    }
    expect(parts).toEqual(answer);
  });

  it('number their marks without gaps', () => {
    const { marks } = recorded(answer, 3);
    expect(marks.map(({ position }) => position)).toEqual(marks.map((_, index) => index + 1));
  });

  it('are not written where they say nothing', () => {
    const { chunks, marks } = recorded([{ type: 'text', delta: '' }, args('c1', 'look', '')], 1);
    expect({ chunks, marks }).toEqual({ chunks: [], marks: [] });
  });
});
