import { describe, expect, it } from 'vitest';
import { DomainError } from '../../../kernel/domain-error.js';
import { convertCall } from './convert-call.js';

const user = { role: 'user', content: 'Hi' };
const clock = { type: 'function', function: { name: 'clock', parameters: { type: 'object' } } };
const weather = { type: 'function', function: { name: 'weather' } };
const call = (id: string, name = 'clock', written = '{}') => ({
  id,
  type: 'function',
  function: { name, arguments: written },
});

const read = (more: object) => convertCall({ model: 'm', messages: [user], ...more });
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

describe('the messages of a chat completion', () => {
  it.each([
    ['a system prompt', { role: 'system', content: 'Be brief.' }, { role: 'system', content: 'Be brief.' }],
    ['a developer’s', { role: 'developer', content: 'Be brief.' }, { role: 'system', content: 'Be brief.' }],
    [
      'a system prompt in parts',
      {
        role: 'system',
        content: [
          { type: 'text', text: 'Be ' },
          { type: 'text', text: 'brief.' },
        ],
      },
      { role: 'system', content: 'Be brief.' },
    ],
    ['a user’s text', user, { role: 'user', parts: [{ type: 'text', text: 'Hi' }] }],
    [
      'an image that it holds',
      {
        role: 'user',
        content: [{ type: 'image_url', image_url: { url: 'data:image/PNG;base64,aGk=', detail: 'low' } }],
      },
      { role: 'user', parts: [{ type: 'image', mime_type: 'image/png', base64: 'aGk=', detail: 'low' }] },
    ],
    [
      'an image elsewhere',
      { role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://x.example/a.png' } }] },
      { role: 'user', parts: [{ type: 'image', url: 'https://x.example/a.png' }] },
    ],
    [
      'a file',
      {
        role: 'user',
        content: [
          { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,aGk=' } },
        ],
      },
      {
        role: 'user',
        parts: [{ type: 'file', mime_type: 'application/pdf', base64: 'aGk=', name: 'a.pdf' }],
      },
    ],
    ['an answer', { role: 'assistant', content: 'Hello' }, { role: 'assistant', content: 'Hello' }],
    ['an answer of nothing', { role: 'assistant', content: null }, { role: 'assistant', content: '' }],
    [
      'a refusal',
      { role: 'assistant', content: null, refusal: 'No.' },
      { role: 'assistant', content: 'No.' },
    ],
    [
      'a refusal in parts',
      { role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] },
      { role: 'assistant', content: 'No.' },
    ],
    [
      'what the model thought',
      { role: 'assistant', content: 'Hello', reasoning_content: 'Hm' },
      { role: 'assistant', content: 'Hello', reasoning: [{ text: 'Hm' }] },
    ],
  ])('may be %s', (_, message, expected) => {
    expect(messages(message)).toEqual([expected]);
  });

  it('may be calls of tools and their results', () => {
    expect(
      messages(
        user,
        {
          role: 'assistant',
          tool_calls: [call('a', 'clock', '{"x":1}'), call('b', 'weather', ''), call('c', 'clock', '{x')],
        },
        { role: 'tool', tool_call_id: 'b', content: [{ type: 'text', text: 'sunny' }] },
        { role: 'tool', tool_call_id: 'a', content: 'noon' },
      ).slice(1),
    ).toEqual([
      {
        role: 'assistant',
        content: '',
        tool_calls: [
          { id: 'a', name: 'clock', arguments: { x: 1 } },
          { id: 'b', name: 'weather', arguments: {} },
          { id: 'c', name: 'clock', arguments: '{x' },
        ],
      },
      { role: 'tool', tool_call_id: 'b', tool_name: 'weather', content: 'sunny', is_error: false },
      { role: 'tool', tool_call_id: 'a', tool_name: 'clock', content: 'noon', is_error: false },
    ]);
  });
});

describe('a chat completion', () => {
  it('asks for no more than it says', () => {
    expect(read({}).request).toEqual({
      messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }],
      tools: [],
      task: 'answer',
      parameters: {},
    });
    expect(
      read({ temperature: null, stop: null, tools: null, response_format: null }).request.parameters,
    ).toEqual({});
  });

  it.each([
    [{ temperature: 0 }, { temperature: 0 }],
    [{ top_p: 1 }, { top_p: 1 }],
    [{ max_tokens: 5 }, { max_tokens: 5 }],
    [{ max_tokens: 5, max_completion_tokens: 7 }, { max_tokens: 7 }],
    [{ stop: 'END' }, { stop: ['END'] }],
    [{ stop: ['A', 'B'] }, { stop: ['A', 'B'] }],
    [{ seed: -3 }, { seed: -3 }],
    [
      { presence_penalty: -2, frequency_penalty: 2 },
      { presence_penalty: -2, frequency_penalty: 2 },
    ],
    [{ reasoning_effort: 'high' }, { reasoning_effort: 'high' }],
    [{ user: 'u' }, { user: 'u' }],
    [{ n: 1, logprobs: false, modalities: ['text'], store: true, unheard: 'of' }, {}],
  ])('may say %o', (more, parameters) => {
    expect(read(more).request.parameters).toEqual(parameters);
  });

  it.each([
    [{ response_format: { type: 'text' } }, undefined],
    [{ response_format: { type: 'json_object' } }, { type: 'json_object' }],
    [
      {
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'city', strict: true, schema: { type: 'object' } },
        },
      },
      { type: 'json_schema', name: 'city', strict: true, schema: { type: 'object' } },
    ],
  ])('wants the form %o', (more, expected) => {
    expect(read(more).request.response_format).toEqual(expected);
  });

  it.each([
    ['auto', 'auto', ['clock', 'weather']],
    ['none', 'none', ['clock', 'weather']],
    ['required', 'required', ['clock', 'weather']],
    [{ type: 'function', function: { name: 'clock' } }, { name: 'clock' }, ['clock', 'weather']],
    [
      {
        type: 'allowed_tools',
        allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'weather' } }] },
      },
      'required',
      ['weather'],
    ],
  ])('chooses tools by %o', (tool_choice, expected, names) => {
    const { request } = read({ tools: [clock, weather], tool_choice, parallel_tool_calls: false });
    expect(request.tool_choice).toEqual(expected);
    expect(request.tools.map(({ name }) => name)).toEqual(names);
    expect(request.parallel_tool_calls).toBe(false);
  });

  it('has tools that may say little of themselves', () => {
    expect(read({ tools: [weather] }).request.tools).toEqual([
      { name: 'weather', description: '', parameters: { type: 'object', properties: {} } },
    ]);
  });

  it('says at once who shall answer, and how', () => {
    expect(convertCall({ model: 'm', stream: true, stream_options: { include_usage: true } })).toMatchObject({
      model: 'm',
      isStreamed: true,
      isUsageWanted: true,
    });
    expect(convertCall({ model: 'm', stream: null, stream_options: null })).toMatchObject({
      isStreamed: false,
      isUsageWanted: false,
    });
  });

  it.each([
    [5, ''],
    [[], ''],
    [{}, 'model'],
    [{ model: '' }, 'model'],
    [{ model: 5 }, 'model'],
    [{ model: 'm', stream: 'yes' }, 'stream'],
    [{ model: 'm', stream_options: 5 }, 'stream_options'],
    [{ model: 'm' }, 'messages'],
    [{ model: 'm', messages: [] }, 'messages'],
    [{ model: 'm', messages: {} }, 'messages'],
    [{ model: 'm', messages: [5] }, 'messages.0'],
    [{ model: 'm', messages: [{ role: 'function', content: 'x' }] }, 'messages.0.role'],
    [{ model: 'm', messages: [{ role: 'user', content: null }] }, 'messages.0.content'],
    [{ model: 'm', messages: [{ role: 'user', content: [{ type: 'video' }] }] }, 'messages.0.content.0.type'],
    [
      {
        model: 'm',
        messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'file:///x' } }] }],
      },
      'messages.0.content.0.image_url.url',
    ],
    [
      {
        model: 'm',
        messages: [
          { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png,x' } }] },
        ],
      },
      'messages.0.content.0.image_url.url',
    ],
    [
      { model: 'm', messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: 'f' } }] }] },
      'messages.0.content.0.file.file_id',
    ],
    [
      { model: 'm', messages: [{ role: 'tool', content: 'x', tool_call_id: 'a' }] },
      'messages.0.tool_call_id',
    ],
    [
      { model: 'm', messages: [{ role: 'assistant', tool_calls: [{ id: 'a', type: 'custom' }] }] },
      'messages.0.tool_calls.0.type',
    ],
    [{ model: 'm', messages: [user], temperature: 3 }, 'temperature'],
    [{ model: 'm', messages: [user], temperature: '1' }, 'temperature'],
    [{ model: 'm', messages: [user], max_tokens: 0 }, 'max_tokens'],
    [{ model: 'm', messages: [user], max_tokens: 1.5 }, 'max_tokens'],
    [{ model: 'm', messages: [user], stop: [''] }, 'stop.0'],
    [{ model: 'm', messages: [user], n: 2 }, 'n'],
    [{ model: 'm', messages: [user], logprobs: true }, 'logprobs'],
    [{ model: 'm', messages: [user], modalities: ['text', 'audio'] }, 'modalities'],
    [{ model: 'm', messages: [user], functions: [] }, 'functions'],
    [{ model: 'm', messages: [user], reasoning_effort: 'extreme' }, 'reasoning_effort'],
    [{ model: 'm', messages: [user], tools: [{ type: 'web_search' }] }, 'tools.0.type'],
    [{ model: 'm', messages: [user], tools: [{ type: 'function', function: {} }] }, 'tools.0.function.name'],
    [{ model: 'm', messages: [user], tools: [clock], tool_choice: 'any' }, 'tool_choice'],
    [
      {
        model: 'm',
        messages: [user],
        tools: [clock],
        tool_choice: { type: 'function', function: { name: 'x' } },
      },
      'tool_choice.function.name',
    ],
    [{ model: 'm', messages: [user], response_format: { type: 'xml' } }, 'response_format.type'],
    [
      { model: 'm', messages: [user], response_format: { type: 'json_schema', json_schema: {} } },
      'response_format.json_schema.name',
    ],
  ])('%j is refused, with its path', (body, path) => {
    expect(refused(body)).toEqual([{ path, message: expect.stringMatching(/./) as string }]);
  });

  it('that only its own vendor could read says nothing of it before somebody asks', () => {
    const body = { model: 'm', messages: [{ role: 'user', content: [{ type: 'video' }] }], n: 3 };
    expect(convertCall(body).body).toBe(body);
  });
});
