import { describe, expect, it } from 'vitest';
import { convertModels } from './convert-models.js';

const list = (...data: unknown[]) => convertModels({ object: 'list', data });

describe('a list of models', () => {
  it.each([
    [
      'OpenAI',
      { id: 'gpt-5', object: 'model', created: 1_700_000_000, owned_by: 'openai' },
      { name: 'gpt-5', created: 1_700_000_000, owned_by: 'openai' },
    ],
    [
      'Anthropic',
      {
        type: 'model',
        id: 'claude-x',
        display_name: 'Claude X',
        created_at: '2025-02-19T00:00:00Z',
        max_input_tokens: 200_000,
        max_tokens: 64_000,
      },
      {
        name: 'claude-x',
        display_name: 'Claude X',
        created: 1_739_923_200,
        facts: { context_window: 200_000, max_output_tokens: 64_000 },
      },
    ],
    [
      'OpenRouter',
      {
        id: 'maker/model:free',
        name: 'A model',
        context_length: 131_072,
        top_provider: { max_completion_tokens: 8192 },
      },
      {
        name: 'maker/model:free',
        display_name: 'A model',
        facts: { context_window: 131_072, max_output_tokens: 8192 },
      },
    ],
    ['vLLM', { id: 'qwen', max_model_len: 32_768 }, { name: 'qwen', facts: { context_window: 32_768 } }],
    [
      'a server that says strange things',
      {
        id: 'odd',
        created: '2025',
        created_at: 'soon',
        owned_by: 5,
        display_name: '',
        context_length: -1,
        max_tokens: 1.5,
        top_provider: null,
      },
      { name: 'odd' },
    ],
  ])('of %s', (_, model, listed) => {
    expect(list(model)).toEqual([listed]);
  });

  it('leaves out what is no model, or has no name that could be asked for', () => {
    expect(
      list(5, null, {}, { id: '' }, { id: 'with space' }, { id: 'x'.repeat(201) }, { id: 'ok' }),
    ).toEqual([{ name: 'ok' }]);
  });

  it.each([undefined, null, 5, [], {}, { data: 'x' }])('is none when it is %j', (listed) => {
    expect(convertModels(listed)).toBeUndefined();
  });
});
