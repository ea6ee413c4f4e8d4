import { describe, expect, it } from 'vitest';
import { DomainError } from '../../../kernel/domain-error.js';
import { convertCall } from './convert-call.js';

const user = { role: 'user', content: 'Hi' };
const hi = { role: 'user', parts: [{ type: 'text', text: 'Hi' }] };
const clock = { name: 'clock', description: 'The time.', input_schema: { type: 'object' } };
const use = (id: string, name = 'clock') => ({ type: 'tool_use', id, name, input: { x: 1 } });

const read = (more: object) => convertCall({ model: 'm', max_tokens: 5, messages: [user], ...more });
const messages = (...list: readonly object[]) => read({ messages: list }).request.messages;

/** What is refused, as path and message. */
function refused(body: unknown): unknown {
  try {
    void convertCall(body).request;
  } catch (error) {
    return error instanceof DomainError && error.code === 'invalid_request' ? error.facts['errors'] : error;
  }
  return 'nothing';
}

describe('the messages of a call to Anthropic’s', () => {
  it.each([
    ['a user’s text', user, [hi]],
    [
      'a user’s blocks',
      { role: 'user', content: [{ type: 'text', text: 'Hi', cache_control: { type: 'ephemeral' } }] },
      [hi],
    ],
    [
      'an image',
      {
        role: 'user',
        content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aGk=' } }],
      },
      [{ role: 'user', parts: [{ type: 'image', base64: 'aGk=', mime_type: 'image/png' }] }],
    ],
    [
      'an image elsewhere',
      { role: 'user', content: [{ type: 'image', source: { type: 'url', url: 'https://x.example/a' } }] },
      [{ role: 'user', parts: [{ type: 'image', url: 'https://x.example/a' }] }],
    ],
    [
      'a document',
      {
        role: 'user',
        content: [
          {
            type: 'document',
            title: 'A',
            source: { type: 'base64', media_type: 'application/pdf', data: 'aGk=' },
          },
          { type: 'document', title: 'B', source: { type: 'text', media_type: 'text/plain', data: 'x' } },
          { type: 'document', source: { type: 'content', content: [{ type: 'text', text: 'y' }] } },
          { type: 'document', source: { type: 'url', url: 'https://x.example/c.pdf' } },
        ],
      },
      [
        {
          role: 'user',
          parts: [
            { type: 'file', base64: 'aGk=', mime_type: 'application/pdf', name: 'A' },
            { type: 'text', text: 'B\n\nx' },
            { type: 'text', text: 'y' },
            { type: 'file', url: 'https://x.example/c.pdf', mime_type: 'application/pdf' },
          ],
        },
      ],
    ],
    [
      'what a search found',
      {
        role: 'user',
        content: [
          { type: 'search_result', title: 'T', source: 'https://s', content: [{ type: 'text', text: 'x' }] },
        ],
      },
      [{ role: 'user', parts: [{ type: 'text', text: 'T (https://s)\n\nx' }] }],
    ],
    ['an answer', { role: 'assistant', content: 'Hello' }, [{ role: 'assistant', content: 'Hello' }]],
    [
      'an answer in blocks',
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Hm', signature: 's' },
          { type: 'redacted_thinking', data: 'r' },
          { type: 'thinking', thinking: 'More', signature: '' },
          { type: 'text', text: 'Hel' },
          { type: 'text', text: 'lo' },
          use('a'),
        ],
      },
      [
        {
          role: 'assistant',
          content: 'Hello',
          reasoning: [
            { text: 'Hm', seal: { dialect: 'messages', kind: 'signature', value: 's' } },
            { text: '', seal: { dialect: 'messages', kind: 'redacted', value: 'r' } },
            { text: 'More' },
          ],
          tool_calls: [{ id: 'a', name: 'clock', arguments: { x: 1 } }],
        },
      ],
    ],
    [
      'a seal of another dialect',
      {
        role: 'assistant',
        content: [{ type: 'thinking', thinking: '', signature: 'pullcord:responses:encrypted:rs_1:ab:c=' }],
      },
      [
        {
          role: 'assistant',
          content: '',
          reasoning: [
            { text: '', seal: { dialect: 'responses', kind: 'encrypted', value: 'ab:c=', id: 'rs_1' } },
          ],
        },
      ],
    ],
  ])('may be %s', (_, message, expected) => {
    expect(messages(message)).toEqual(expected);
  });

  it('may be results of tools, which come before what the user says with them', () => {
    const result = (id: string, more: object) => ({ type: 'tool_result', tool_use_id: id, ...more });
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aGk=' } };
    expect(
      messages(
        user,
        { role: 'assistant', content: [use('a'), use('b', 'weather'), use('c')] },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'So?' },
            result('b', { content: 'sunny' }),
            result('a', {
              content: [
                { type: 'text', text: 'a' },
                { type: 'text', text: 'b' },
              ],
              is_error: true,
            }),
            result('c', { content: [{ type: 'text', text: 'see' }, image] }),
          ],
        },
        { role: 'assistant', content: [use('d')] },
        { role: 'user', content: [result('d', {})] },
      ).slice(2),
    ).toEqual([
      { role: 'tool', tool_call_id: 'b', tool_name: 'weather', content: 'sunny', is_error: false },
      { role: 'tool', tool_call_id: 'a', tool_name: 'clock', content: 'a\n\nb', is_error: true },
      {
        role: 'tool',
        tool_call_id: 'c',
        tool_name: 'clock',
        content: 'see',
        parts: [
          { type: 'text', text: 'see' },
          { type: 'image', base64: 'aGk=', mime_type: 'image/png' },
        ],
        is_error: false,
      },
      { role: 'user', parts: [{ type: 'text', text: 'So?' }] },
      { role: 'assistant', content: '', tool_calls: [{ id: 'd', name: 'clock', arguments: { x: 1 } }] },
      { role: 'tool', tool_call_id: 'd', tool_name: 'clock', content: '', is_error: false },
    ]);
  });

  it.each([
    ['Be brief.', 'Be brief.'],
    [
      [
        { type: 'text', text: 'Be', cache_control: { type: 'ephemeral' } },
        { type: 'text', text: 'brief.' },
      ],
      'Be\n\nbrief.',
    ],
  ])('come behind the system prompt %j', (system, content) => {
    expect(read({ system }).request.messages).toEqual([{ role: 'system', content }, hi]);
    expect(read({ system: '' }).request.messages).toEqual([hi]);
  });
});

describe('a call to Anthropic’s Messages', () => {
  it.each([
    [{}, {}],
    [
      { temperature: 1, top_p: 0.5, top_k: 3 },
      { temperature: 1, top_p: 0.5, top_k: 3 },
    ],
    [{ stop_sequences: ['A'] }, { stop: ['A'] }],
    [{ metadata: { user_id: 'u' } }, { user: 'u' }],
    [{ thinking: { type: 'disabled' } }, {}],
    [
      { thinking: { type: 'adaptive' }, output_config: { effort: 'max' } },
      { reasoning_summary: 'auto', reasoning_effort: 'xhigh' },
    ],
    [
      { thinking: { type: 'enabled', budget_tokens: 1024 } },
      { reasoning_summary: 'auto', reasoning_tokens: 1024, reasoning_effort: 'low' },
    ],
    [
      { thinking: { type: 'enabled', budget_tokens: 5000 } },
      { reasoning_summary: 'auto', reasoning_tokens: 5000, reasoning_effort: 'medium' },
    ],
    [
      { thinking: { type: 'enabled', budget_tokens: 50_000 } },
      { reasoning_summary: 'auto', reasoning_tokens: 50_000, reasoning_effort: 'high' },
    ],
  ])('may say %j', (more, parameters) => {
    expect(read(more).request.parameters).toEqual({ max_tokens: 5, ...parameters });
  });

  it.each([
    [{ type: 'auto' }, { tool_choice: 'auto' }],
    [
      { type: 'any', disable_parallel_tool_use: true },
      { tool_choice: 'required', parallel_tool_calls: false },
    ],
    [{ type: 'tool', name: 'clock' }, { tool_choice: { name: 'clock' } }],
    [{ type: 'none' }, { tool_choice: 'none' }],
  ])('chooses tools by %j', (tool_choice, expected) => {
    const { request } = read({ tools: [clock], tool_choice });
    expect(request).toMatchObject(expected);
    expect(request.tools).toEqual([
      { name: 'clock', description: 'The time.', parameters: { type: 'object' } },
    ]);
  });

  it.each([
    ['output_config', { format: { type: 'json_schema', schema: { type: 'object' } } }],
    ['output_format', { type: 'json_schema', schema: { type: 'object' } }],
  ])('wants a form by %s', (name, value) => {
    expect(read({ [name]: value }).request.response_format).toEqual({
      type: 'json_schema',
      name: 'answer',
      schema: { type: 'object' },
      strict: true,
    });
  });

  it.each([
    [{}, 'model'],
    [{ model: 'm', messages: [user] }, 'max_tokens'],
    [{ model: 'm', messages: [user], max_tokens: 0 }, 'max_tokens'],
    [{ model: 'm', max_tokens: 5 }, 'messages'],
    [{ model: 'm', max_tokens: 5, messages: [] }, 'messages'],
    [{ model: 'm', max_tokens: 5, messages: [{ role: 'tool', content: 'x' }] }, 'messages.0.role'],
    [{ model: 'm', max_tokens: 5, messages: [{ role: 'user' }] }, 'messages.0.content'],
    [
      { model: 'm', max_tokens: 5, messages: [{ role: 'user', content: [{ type: 'container_upload' }] }] },
      'messages.0.content.0.type',
    ],
    [
      {
        model: 'm',
        max_tokens: 5,
        messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'file' } }] }],
      },
      'messages.0.content.0.source.type',
    ],
    [
      {
        model: 'm',
        max_tokens: 5,
        messages: [
          {
            role: 'user',
            content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'é' } }],
          },
        ],
      },
      'messages.0.content.0.source.data',
    ],
    [
      {
        model: 'm',
        max_tokens: 5,
        messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'x' }] }],
      },
      'messages.0.content.0.tool_use_id',
    ],
    [{ model: 'm', max_tokens: 5, messages: [user], temperature: 1.5 }, 'temperature'],
    [{ model: 'm', max_tokens: 5, messages: [user], system: 5 }, 'system'],
    [{ model: 'm', max_tokens: 5, messages: [user], stop_sequences: 'x' }, 'stop_sequences'],
    [
      { model: 'm', max_tokens: 5, messages: [user], tools: [{ type: 'web_search_20250305' }] },
      'tools.0.type',
    ],
    [
      { model: 'm', max_tokens: 5, messages: [user], tool_choice: { type: 'tool', name: 'x' } },
      'tool_choice.name',
    ],
    [
      { model: 'm', max_tokens: 5, messages: [user], thinking: { type: 'enabled', budget_tokens: 5 } },
      'thinking.budget_tokens',
    ],
    [{ model: 'm', max_tokens: 5, messages: [user], mcp_servers: [{}] }, 'mcp_servers'],
    [
      { model: 'm', max_tokens: 5, messages: [user], output_config: { effort: 'huge' } },
      'output_config.effort',
    ],
  ])('%j is refused, with its path', (body, path) => {
    expect(refused(body)).toEqual([{ path, message: expect.stringMatching(/./) as string }]);
  });
});

it('finds the calls of very many results at once', () => {
  const ids = Array.from({ length: 60_000 }, (_, n) => `c${n}`);
  const { messages } = convertCall({
    model: 'm',
    max_tokens: 5,
    messages: [
      { role: 'assistant', content: ids.map((id) => ({ type: 'tool_use', id, name: `t-${id}`, input: {} })) },
      { role: 'user', content: ids.map(() => ({ type: 'tool_result', tool_use_id: 'c0', content: 'x' })) },
    ],
  }).request;
  expect(messages).toHaveLength(60_001);
  expect(messages.at(-1)).toMatchObject({ role: 'tool', tool_name: 't-c0' });
});
