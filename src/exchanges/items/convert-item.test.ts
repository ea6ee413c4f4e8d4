import { describe, expect, it } from 'vitest';
import { maxContent, maxPicture } from '../../messages/dto/limits.js';
import type { PromptMessage } from '../../providers/language-model.js';
import { convertItem } from './convert-item.js';

const now = '2026-11-22T10:00:00.000Z';
const text = (content: string) => ({ kind: 'text', data: { content } });

const cases: readonly [name: string, prompt: PromptMessage, kinds: readonly string[], isWhole: boolean][] = [
  ['instructions', { role: 'system', content: 'Be kind.' }, ['system text'], true],
  ['a text', { role: 'user', parts: [{ type: 'text', text: 'Hi' }] }, ['user text'], true],
  ['nothing', { role: 'user', parts: [] }, ['user text'], false],
  ['an empty text', { role: 'user', parts: [{ type: 'text', text: '' }] }, ['user text'], false],
  [
    'two texts',
    {
      role: 'user',
      parts: [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ],
    },
    ['user text'],
    false,
  ],
  [
    'a text too long for one message',
    { role: 'user', parts: [{ type: 'text', text: 'x'.repeat(maxContent + 1) }] },
    ['user text', 'user text'],
    false,
  ],
  [
    'an image between texts',
    {
      role: 'user',
      parts: [
        { type: 'text', text: 'a' },
        { type: 'image', url: 'https://example.com/a.png' },
        { type: 'text', text: 'b' },
      ],
    },
    ['user text', 'user image', 'user text'],
    false,
  ],
  [
    'an image too large for a message',
    { role: 'user', parts: [{ type: 'image', base64: 'A'.repeat(maxPicture + 4), mime_type: 'image/png' }] },
    ['user text'],
    false,
  ],
  [
    'an image at an address that only the server may use',
    { role: 'user', parts: [{ type: 'image', url: 'attachment:1' }] },
    ['user text'],
    false,
  ],
  [
    'a file',
    {
      role: 'user',
      parts: [{ type: 'file', base64: 'AAAA', mime_type: 'application/pdf', name: 'a\u0000b' }],
    },
    ['user file_reference'],
    false,
  ],
  ['an answer', { role: 'assistant', content: 'Yes.' }, ['assistant text'], true],
  [
    'an answer with reasoning',
    { role: 'assistant', content: 'Yes.', reasoning: [{ text: 'Hm' }] },
    ['assistant text'],
    false,
  ],
  [
    'calls alone',
    { role: 'assistant', content: '', tool_calls: [{ id: 'c', name: 'look', arguments: {} }] },
    ['assistant tool_request'],
    false,
  ],
  [
    'calls after a text',
    { role: 'assistant', content: 'Wait.', tool_calls: [{ id: 'c', name: 'look', arguments: {} }] },
    ['assistant text', 'assistant tool_request'],
    false,
  ],
  [
    'a result',
    { role: 'tool', tool_call_id: 'c', tool_name: 'look', content: 'A lamp.', is_error: false },
    ['tool tool_result'],
    false,
  ],
];

describe('an item in the pool', () => {
  it.each(cases)('%s', (_name, prompt, kinds, isWhole) => {
    const converted = convertItem(prompt, now);
    expect(converted.drafts.map(({ role, payload }) => `${role} ${payload.kind}`)).toEqual(kinds);
    expect(converted.isWhole).toBe(isWhole);
  });

  it('loses nothing of a text that fills several messages', () => {
    const long = 'x'.repeat(maxContent) + 'y'.repeat(3);
    const { drafts } = convertItem({ role: 'user', parts: [{ type: 'text', text: long }] }, now);
    expect(drafts[1]?.payload).toEqual(text('yyy'));
  });

  it('has a name without control characters for a file', () => {
    const part = { type: 'file', base64: 'AAAA', mime_type: 'text/plain', name: 'a\u0000b' } as const;
    const { drafts } = convertItem({ role: 'user', parts: [part] }, now);
    expect(drafts[0].payload.data).toMatchObject({ path: 'a b', file: { size_bytes: 3 } });
  });

  it('tells calls of one id apart, and marks a failed result', () => {
    const calls = [1, 2].map((at) => ({ id: 'c', name: 'look', arguments: { at } }));
    const { drafts } = convertItem({ role: 'assistant', content: '', tool_calls: calls }, now);
    expect(drafts[0].payload.data).toMatchObject({ calls: [{ id: 'c' }, { id: 'c_2' }] });
    const failed = convertItem(
      { role: 'tool', tool_call_id: 'c', tool_name: '', content: 'No.', is_error: true },
      now,
    );
    expect(failed.drafts[0].payload.data).toMatchObject({ execution_status: 'failed', tool_name: 'tool' });
  });
});

it('shows so many calls and no more, at once even where all have one id', () => {
  const calls = Array.from({ length: 60_000 }, () => ({ id: 'c', name: 't', arguments: {} }));
  const { drafts } = convertItem({ role: 'assistant', content: '', tool_calls: calls }, now);
  expect(drafts).toMatchObject([{ payload: { kind: 'tool_request' } }]);
  expect(drafts[0].payload).toHaveProperty('data.calls.127.id', 'c_128');
  expect(drafts[0].payload).not.toHaveProperty('data.calls.128');
});
