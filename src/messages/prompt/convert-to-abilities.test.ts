import { expect, it } from 'vitest';
import type { PromptMessage } from '../../providers/language-model.js';
import { convertToAbilities } from './convert-to-abilities.js';

const prompt: readonly PromptMessage[] = [
  { role: 'system', content: 'Be brief.' },
  {
    role: 'user',
    parts: [
      { type: 'image', url: 'https://a/b' },
      { type: 'text', text: 'What is it?' },
    ],
  },
  {
    role: 'assistant',
    content: 'Let me look.',
    tool_calls: [{ id: 'c', name: 'look', arguments: { at: 1 } }],
  },
  { role: 'tool', tool_call_id: 'c', tool_name: 'look', content: 'A cat', is_error: false },
  { role: 'assistant', content: '', tool_calls: [{ id: 'd', name: 'look', arguments: '{"at' }] },
  { role: 'tool', tool_call_id: 'd', tool_name: 'look', content: 'No JSON.', is_error: true },
  { role: 'assistant', content: 'A cat.' },
];

const converted = (abilities: Parameters<typeof convertToAbilities>[1]) =>
  prompt.map((message) => convertToAbilities(message, abilities));

it('leaves a prompt as it is for a model that can do everything', () => {
  expect(converted({ vision: true, tools: true })).toEqual(prompt);
});

it('puts a note in the place of an image, for a model that sees none', () => {
  const [, user, ...rest] = converted({ vision: false, tools: true });

  expect(JSON.stringify(user)).not.toContain('https://a/b');
  expect(user).toEqual({
    role: 'user',
    parts: [
      { type: 'text', text: '[There is an image here, which you cannot see.]' },
      { type: 'text', text: 'What is it?' },
    ],
  });
  expect(rest).toEqual(prompt.slice(2));
});

it('tells calls and results in words, for a model that calls no tools', () => {
  const told = (text: string) => ({ role: 'user', parts: [{ type: 'text', text }], is_companion: true });

  expect(converted({ vision: true, tools: false })).toEqual([
    ...prompt.slice(0, 2),
    { role: 'assistant', content: 'Let me look.\n[The tool look was called with {"at":1}.]' },
    told('Result of the tool look:\nA cat'),
    { role: 'assistant', content: '[The tool look was called with {"at.]' },
    told('Error of the tool look:\nNo JSON.'),
    { role: 'assistant', content: 'A cat.' },
  ]);
});
