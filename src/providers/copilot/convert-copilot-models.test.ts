import { expect, it } from 'vitest';
import { convertCopilotModels } from './convert-copilot-models.js';

it('takes from the list what can be chatted with, and what it says of it', () => {
  const data = [
    {
      id: 'claude-sonnet-4.5',
      name: 'Claude Sonnet 4.5',
      vendor: 'Anthropic',
      capabilities: {
        type: 'chat',
        tokenizer: 'o200k_base',
        limits: { max_context_window_tokens: 144_000, max_output_tokens: 16_000 },
        supports: { tool_calls: true, vision: false },
      },
    },
    { id: 'embedder', capabilities: { type: 'embeddings' } },
    { id: 'bare' },
  ];
  expect(convertCopilotModels({ data })).toEqual([
    {
      name: 'claude-sonnet-4.5',
      owned_by: 'Anthropic',
      display_name: 'Claude Sonnet 4.5',
      facts: {
        context_window: 144_000,
        max_output_tokens: 16_000,
        vision: false,
        tools: true,
        tokenizer: 'o200k_base',
      },
    },
    { name: 'bare', facts: {} },
  ]);
});

it('takes nothing from what is no list, and no facts from what are none', () => {
  for (const body of [undefined, 'a', {}, { data: { id: 'a' } }])
    expect(convertCopilotModels(body)).toBeUndefined();
  expect(convertCopilotModels({ data: [null, 'a', { id: 7 }, { id: 'a b' }] })).toEqual([]);
  const capabilities = { limits: { max_output_tokens: '8', max_context_window_tokens: -1 }, tokenizer: 'x' };
  expect(convertCopilotModels({ data: [{ id: 'a', capabilities }] })).toEqual([{ name: 'a', facts: {} }]);
});
