import { expect, it } from 'vitest';
import type { PromptMessage } from '../../providers/language-model.js';
import { titlePrompt } from './title-prompt-format.js';

const said = (text: string): PromptMessage => ({ role: 'user', parts: [{ type: 'text', text }] });

it('asks for a title behind what was said, without instructions, images, calls and their results', () => {
  const prompt: readonly PromptMessage[] = [
    { role: 'system', content: 'Be brief.' },
    {
      role: 'user',
      parts: [
        { type: 'text', text: 'What is this?' },
        { type: 'image', url: 'https://a/b' },
      ],
    },
    { role: 'assistant', content: '', tool_calls: [{ id: 'c', name: 'look', arguments: {} }] },
    { role: 'tool', tool_call_id: 'c', tool_name: 'look', content: 'A cat', is_error: false },
    { role: 'assistant', content: 'A cat.' },
  ];

  expect(titlePrompt(prompt)).toEqual([
    said('What is this?\n(an image)'),
    { role: 'assistant', content: 'A cat.' },
    said(expect.stringContaining('title') as string),
  ]);
});

it('shows the beginning of a long message, without half a character at its end', () => {
  const [shown] = titlePrompt([said('a'.repeat(1999) + '😀'.repeat(9))]);

  expect(shown).toEqual(said(`${'a'.repeat(1999)}…`));
});
