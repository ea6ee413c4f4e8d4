import { describe, expect, it } from 'vitest';
import type { MessageId } from '../../kernel/ids.js';
import type { PromptMessage } from '../../providers/language-model.js';
import { mapToInputItems, messageHexOf } from './map-to-input-items.js';

const id = '019a0000-0000-7000-8000-000000000000' as MessageId;
const hex = id.replaceAll('-', '');
const shown = (prompt: PromptMessage) => mapToInputItems({ id, prompt });

describe('a message of a conversation, as items', () => {
  it.each<[string, PromptMessage, object[]]>([
    [
      'of the system',
      { role: 'system', content: 'Be brief.' },
      [{ type: 'message', role: 'system', content: [{ type: 'input_text', text: 'Be brief.' }] }],
    ],
    [
      'of the user',
      {
        role: 'user',
        parts: [
          { type: 'text', text: 'See:' },
          { type: 'image', url: 'https://example.com/a.png', detail: 'low' },
          { type: 'image', base64: 'AAAA', mime_type: 'image/png' },
          { type: 'file', base64: 'AAAA', mime_type: 'application/pdf', name: 'a.pdf' },
          { type: 'file', url: 'https://example.com/b.pdf', mime_type: 'application/pdf' },
        ],
      },
      [
        {
          type: 'message',
          role: 'user',
          content: [
            { type: 'input_text', text: 'See:' },
            { type: 'input_image', detail: 'low', image_url: 'https://example.com/a.png' },
            { type: 'input_image', detail: 'auto', image_url: 'data:image/png;base64,AAAA' },
            { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' },
            { type: 'input_file', file_url: 'https://example.com/b.pdf' },
          ],
        },
      ],
    ],
    [
      'of an assistant',
      {
        role: 'assistant',
        content: 'Let me see.',
        reasoning: [
          { text: 'Hm', seal: { dialect: 'messages', kind: 'signature', value: 'c2ln' } },
          { text: '' },
        ],
        tool_calls: [{ id: 'a', name: 'clock', arguments: { zone: 'UTC' } }],
      },
      [
        {
          type: 'reasoning',
          summary: [{ type: 'summary_text', text: 'Hm' }],
          encrypted_content: 'pullcord:messages:signature::c2ln',
        },
        { type: 'reasoning', summary: [] },
        {
          type: 'message',
          role: 'assistant',
          content: [{ type: 'output_text', text: 'Let me see.', annotations: [] }],
        },
        { type: 'function_call', call_id: 'a', name: 'clock', arguments: '{"zone":"UTC"}' },
      ],
    ],
    [
      'of a tool',
      { role: 'tool', tool_call_id: 'a', tool_name: 'clock', content: 'noon', is_error: false },
      [{ type: 'function_call_output', call_id: 'a', output: 'noon' }],
    ],
  ])('%s', (_, prompt, items) => {
    expect(shown(prompt)).toMatchObject(items);
    expect(shown(prompt)).toHaveLength(items.length);
    for (const item of shown(prompt)) expect(messageHexOf(String(item['id']))).toBe(hex);
  });

  it('is shown as it was sent, under ids of this server, and reasoning keeps the one that it had', () => {
    const items = [
      { type: 'reasoning', id: 'rs_theirs', summary: [], encrypted_content: 'gAAA' },
      { role: 'assistant', content: [{ type: 'output_text', text: 'Hi' }], id: 'msg_theirs' },
    ];
    const prompt: PromptMessage = { role: 'assistant', content: 'Hi' };

    expect(mapToInputItems({ id, prompt, raw: { items } })).toEqual([
      {
        ...items[0],
        status: 'completed',
        id: `rs_${hex}i0`,
        encrypted_content: 'pullcord:responses:encrypted:rs_theirs:gAAA',
      },
      { ...items[1], type: 'message', status: 'completed', id: `msg_${hex}i1` },
    ]);
  });
});

it('knows its own ids from others', () => {
  expect(messageHexOf(`fc_${hex}i12`)).toBe(hex);
  for (const other of [`fc_${hex}_1`, `fc_${hex}`, `fc_${hex}i`, 'fc_1i1', ''])
    expect(messageHexOf(other)).toBeUndefined();
});
