import { describe, expect, it } from 'vitest';
import { dialects, type Dialect } from '../../../src/providers/language-model.js';
import { toMoves } from '../upstream-wire.js';
import { calling, refusing, saying, speak, thinking, type Spoken } from '../upstreams/speak.js';
import { brokenLaws } from './laws.js';

const spoken: Spoken = {
  blocks: [
    thinking('Let me', ' see.'),
    saying('One', ' moment.'),
    calling({ id: 'call_a', name: 'clock', arguments: ['{"zo', 'ne":"UTC"}'] }),
    calling({ id: 'call_b', name: 'moon', arguments: ['{}'] }),
  ],
};

const streamOf = (dialect: Dialect, answer: Spoken): string =>
  toMoves(speak(dialect, answer))
    .map((move) => (move.type === 'write' ? move.bytes.toString('utf8') : ''))
    .join('');

describe.each(dialects)('the laws of %s', (dialect) => {
  it('find nothing wrong with good answers', () => {
    expect(brokenLaws(dialect, streamOf(dialect, spoken))).toEqual([]);
    expect(
      brokenLaws(dialect, streamOf(dialect, { blocks: [refusing('No', '.')], finish: 'length' })),
    ).toEqual([]);
    expect(brokenLaws(dialect, streamOf(dialect, { blocks: [] }))).toEqual([]);
  });

  it('find something wrong with an answer of which any event is missing or comes twice', () => {
    const events = streamOf(dialect, spoken).split(/(?<=\n\n)/);
    // That a delta of text, thinking or a signature is missing (or that of an empty object) can only be seen where something repeats it.
    const isFree = (event: string): boolean =>
      dialect !== 'responses' &&
      /"content":"[^"]|"reasoning_content"|_details|"usage":\{"prompt|text_delta|thinking_delta|signature_delta|"ping"|"partial_json":"{}"/.test(
        event,
      );
    const unseen = events.flatMap((event, at) => {
      const without = events.toSpliced(at, 1).join('');
      const twice = events.toSpliced(at, 0, event).join('');
      return [without, twice].filter((stream) => !isFree(event) && brokenLaws(dialect, stream).length === 0);
    });

    expect(unseen).toEqual([]);
  });
});
