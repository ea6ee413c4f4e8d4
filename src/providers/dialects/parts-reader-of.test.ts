import { describe, expect, it } from 'vitest';
import { dialects } from '../language-model.js';
import { ModelError } from '../model-error.js';
import { partsReaderOf, readUsage } from './parts-reader-of.js';

describe('the reader of a dialect', () => {
  const judged = new ModelError('upstream_protocol', 'judged', { retryable: true });
  const rules = { maxBytes: 100, newId: () => 'made', judge: () => judged };
  const said = {
    chat_completions: '{"choices":[{"delta":{"content":"Hi"}}]}',
    responses: '{"type":"response.output_text.delta","delta":"Hi"}',
    messages: '{"type":"content_block_start","index":0,"content_block":{"type":"text","text":"Hi"}}',
  };

  it.each(dialects)('%s reads its own events', (dialect) => {
    expect(partsReaderOf(dialect)(rules).feed(`data: ${said[dialect]}\n\n`)).toEqual([
      { type: 'text', delta: 'Hi' },
    ]);
  });

  it.each(dialects)('%s is a new one for each answer', (dialect) => {
    const read = partsReaderOf(dialect);
    const failed = read(rules);
    failed.feed('data: garbage\n\n');

    expect(failed.failure).toBe(judged);
    expect(read(rules).failure).toBeUndefined();
  });
});

describe('the tokens of a whole answer', () => {
  it.each([
    ['chat_completions', { prompt_tokens: 9, completion_tokens: 4 }, { prompt: 9, completion: 4 }],
    ['responses', { input_tokens: 9, output_tokens: 4 }, { prompt: 9, completion: 4 }],
    [
      'messages',
      { input_tokens: 2, output_tokens: 4, cache_read_input_tokens: 7 },
      { prompt: 9, completion: 4, cached: 7 },
    ],
  ] as const)('are read as %s tells them', (dialect, usage, tokens) => {
    expect(readUsage(dialect, { id: 'x', usage })).toEqual(tokens);
  });

  it.each([{}, { usage: null }, { usage: 5 }, { usage: { prompt_tokens: 'many' } }])(
    'are not known from %j',
    (answer) => {
      expect(readUsage('chat_completions', answer)).toBeUndefined();
    },
  );
});
