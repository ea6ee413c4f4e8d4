import { describe, expect, it } from 'vitest';
import type { Dialect, PromptMessage } from '../language-model.js';
import { convertPrompt as convert } from './convert-prompt.js';

const user = (text: string): PromptMessage => ({ role: 'user', parts: [{ type: 'text', text }] });
const call = { id: 'c1', name: 'clock', arguments: { zone: 'UTC' } };
const sdkCall = { type: 'tool-call', toolCallId: 'c1', toolName: 'clock', input: { zone: 'UTC' } };
const convertPrompt = (messages: readonly PromptMessage[], dialect: Dialect = 'chat_completions') =>
  convert(messages, dialect);

describe('a prompt for the AI SDK', () => {
  it('keeps the order and the roles', () => {
    const prompt = convertPrompt([
      { role: 'system', content: 'Be brief.' },
      user('Hi'),
      { role: 'assistant', content: 'Hello.' },
      user('Bye'),
    ]);

    expect(prompt).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'Hello.' }] },
      { role: 'user', content: [{ type: 'text', text: 'Bye' }] },
    ]);
  });

  it('joins the texts of a message that has nothing else', () => {
    const parts = [
      { type: 'text', text: 'One' },
      { type: 'text', text: 'Two' },
    ] as const;

    expect(convertPrompt([{ role: 'user', parts }])).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'One\n\nTwo' }] },
    ]);
    expect(convertPrompt([{ role: 'user', parts: [] }])).toEqual([
      { role: 'user', content: [{ type: 'text', text: '' }] },
    ]);
  });

  it('has images by address and by content', () => {
    const parts = [
      { type: 'text', text: 'What is this?' },
      { type: 'image', url: 'https://example.com/a.png' },
      { type: 'image', base64: 'iVBORw0KGgo=', mime_type: 'image/png' },
    ] as const;

    expect(convertPrompt([{ role: 'user', parts }])).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'file', mediaType: 'image/*', data: new URL('https://example.com/a.png') },
          { type: 'file', mediaType: 'image/png', data: 'iVBORw0KGgo=' },
        ],
      },
    ]);
  });

  it('tells OpenAI how closely to look at an image, also one within its address', () => {
    const parts = [
      { type: 'image', url: 'https://example.com/a.png', detail: 'low' },
      { type: 'image', url: 'data:image/png;base64,iVBORw0KGgo=', detail: 'high' },
    ] as const;
    const [message] = convertPrompt([{ role: 'user', parts }], 'chat_completions');

    expect(message?.content).toMatchObject([
      { providerOptions: { openai: { imageDetail: 'low' } } },
      { data: 'iVBORw0KGgo=', providerOptions: { openai: { imageDetail: 'high' } } },
    ]);
  });

  it('refuses an image address that is none', () => {
    const parts = [{ type: 'image', url: 'a.png' }] as const;
    const refused = expect.objectContaining({ code: 'upstream_rejected', retryable: false });

    expect(() => convertPrompt([{ role: 'user', parts }])).toThrow(refused);
  });

  it('has tool calls and their results', () => {
    const prompt = convertPrompt([
      user('Time?'),
      { role: 'assistant', content: '', tool_calls: [call] },
      { role: 'tool', tool_call_id: 'c1', tool_name: 'clock', content: '12:00', is_error: false },
      { role: 'tool', tool_call_id: 'c2', tool_name: 'clock', content: 'broken', is_error: true },
    ]);

    expect(prompt.slice(1)).toEqual([
      { role: 'assistant', content: [sdkCall] },
      {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            toolCallId: 'c1',
            toolName: 'clock',
            output: { type: 'text', value: '12:00' },
          },
        ],
      },
      {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            toolCallId: 'c2',
            toolName: 'clock',
            output: { type: 'error-text', value: 'broken' },
          },
        ],
      },
    ]);
  });

  it.each([
    [undefined, {}],
    ['', {}],
    ['{"zone":', { written: '{"zone":' }],
    [[1], { written: [1] }],
    [null, { written: null }],
    [{ a: 1 }, { a: 1 }],
  ])('always has an object for arguments: %j becomes %j', (written, input) => {
    const prompt = convertPrompt([
      { role: 'assistant', content: '', tool_calls: [{ ...call, arguments: written }] },
    ]);

    expect(prompt).toEqual([{ role: 'assistant', content: [{ ...sdkCall, input }] }]);
  });

  it('has the reasoning behind the tool calls of this turn, and no other', () => {
    const thinking = {
      role: 'assistant',
      content: '',
      reasoning: [{ text: 'Hm.' }],
      tool_calls: [call],
    } as const;
    const thought = { role: 'assistant', content: [{ type: 'reasoning', text: 'Hm.' }, sdkCall] };

    expect(convertPrompt([user('Time?'), thinking])[1]).toEqual(thought);
    expect(convertPrompt([user('Time?'), thinking, user('Thanks')])[1]).toEqual({
      role: 'assistant',
      content: [sdkCall],
    });
    expect(
      convertPrompt([user('Hi'), { role: 'assistant', content: 'Hello', reasoning: [{ text: 'Hm.' }] }])[1],
    ).toEqual({
      role: 'assistant',
      content: [{ type: 'text', text: 'Hello' }],
    });
  });

  it('has what a file of text says, and every other file with its name', () => {
    const parts = [
      { type: 'file', base64: 'aMOp', mime_type: 'text/markdown', name: 'a.md' },
      { type: 'file', base64: 'e30=', mime_type: 'application/json' },
      { type: 'file', base64: 'JVBERg==', mime_type: 'application/pdf', name: 'b.pdf' },
      { type: 'file', url: 'https://example.com/c.pdf', mime_type: 'application/pdf' },
    ] as const;
    const [pdf, linked] = [
      { type: 'file', mediaType: 'application/pdf', data: 'JVBERg==', filename: 'b.pdf' },
      { type: 'file', mediaType: 'application/pdf', data: new URL('https://example.com/c.pdf') },
    ];

    for (const dialect of ['chat_completions', 'responses'] as const)
      expect(convertPrompt([{ role: 'user', parts }], dialect)[0]?.content).toEqual([
        { type: 'text', text: 'a.md:\nhé' },
        { type: 'text', text: '{}' },
        pdf,
        linked,
      ]);
    expect(convertPrompt([{ role: 'user', parts }], 'messages')[0]?.content).toEqual([
      { type: 'file', mediaType: 'text/plain', data: 'aMOp', filename: 'a.md' },
      { type: 'file', mediaType: 'text/plain', data: 'e30=' },
      pdf,
      linked,
    ]);
  });

  it.each(['chat_completions', 'responses', 'messages'] as const)(
    'for %s has what an address holds itself',
    (dialect) => {
      const parts = [
        { type: 'text', text: 'This:' },
        { type: 'image', url: 'data:image/PNG;charset=x;base64,iVBORw0KGgo=' },
        {
          type: 'file',
          url: 'data:application/pdf;base64,JVBERg==',
          mime_type: 'application/pdf',
          name: 'b.pdf',
        },
      ] as const;

      expect(convertPrompt([{ role: 'user', parts }], dialect)[0]?.content).toEqual([
        { type: 'text', text: 'This:' },
        { type: 'file', mediaType: 'image/png', data: 'iVBORw0KGgo=' },
        { type: 'file', mediaType: 'application/pdf', data: 'JVBERg==', filename: 'b.pdf' },
      ]);
    },
  );
});

describe('the results of tools', () => {
  const image = { type: 'image', base64: 'iVBORw0KGgo=', mime_type: 'image/png' } as const;
  const result = (tool_call_id: string, more: object = {}): PromptMessage => ({
    role: 'tool',
    tool_call_id,
    tool_name: 'camera',
    content: 'Seen.',
    is_error: false,
    parts: [{ type: 'text', text: 'Seen.' }, image],
    ...more,
  });
  const output = (prompt: ReturnType<typeof convertPrompt>): unknown => {
    const [message] = prompt;
    return message?.role === 'tool' ? message.content[0] : undefined;
  };

  it.each(['responses', 'messages'] as const)('have their images for %s', (dialect) => {
    expect(output(convertPrompt([result('c1')], dialect))).toMatchObject({
      output: {
        type: 'content',
        value: [
          { type: 'text', text: 'Seen.' },
          { type: 'image-data', data: 'iVBORw0KGgo=', mediaType: 'image/png' },
        ],
      },
    });
  });

  it('have their files and addresses', () => {
    const parts = [
      { type: 'image', url: 'https://example.com/a.png' },
      { type: 'image', url: 'data:image/png;base64,iVBORw0KGgo=' },
      { type: 'file', base64: 'JVBERg==', mime_type: 'application/pdf', name: 'b.pdf' },
      { type: 'file', url: 'https://example.com/c.pdf', mime_type: 'application/pdf' },
      { type: 'file', base64: 'aGk=', mime_type: 'text/plain', name: 'd.txt' },
      { type: 'text', text: '' },
    ];

    expect(output(convertPrompt([result('c1', { parts })], 'messages'))).toMatchObject({
      output: {
        value: [
          { type: 'image-url', url: 'https://example.com/a.png' },
          { type: 'image-data', data: 'iVBORw0KGgo=', mediaType: 'image/png' },
          { type: 'file-data', data: 'JVBERg==', mediaType: 'application/pdf', filename: 'b.pdf' },
          { type: 'file-url', url: 'https://example.com/c.pdf', mediaType: 'application/pdf' },
          { type: 'text', text: 'd.txt:\nhi' },
        ],
      },
    });
  });

  it('are text where they are nothing else, or an error', () => {
    const texts = result('c1', { parts: [{ type: 'text', text: 'Seen.' }] });

    expect(output(convertPrompt([texts], 'messages'))).toMatchObject({
      output: { type: 'text', value: 'Seen.' },
    });
    expect(output(convertPrompt([result('c1', { is_error: true })], 'messages'))).toMatchObject({
      output: { type: 'error-text', value: 'Seen.' },
    });
  });

  it('show their images after all of them in chat completions, and the turn goes on', () => {
    const thinking = {
      role: 'assistant',
      content: '',
      reasoning: [{ text: 'Hm.' }],
      tool_calls: [call],
    } as const;
    const prompt = convertPrompt([
      user('Look'),
      thinking,
      result('c1'),
      result('c2', { parts: undefined }),
      user('And?'),
    ]);

    expect(prompt.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'tool', 'user', 'user']);
    expect(prompt[2]?.content).toMatchObject([{ output: { type: 'text', value: 'Seen.' } }]);
    expect(prompt[4]?.content).toEqual([
      { type: 'text', text: 'What camera returned:' },
      { type: 'file', mediaType: 'image/png', data: 'iVBORw0KGgo=' },
    ]);
    expect(convertPrompt([user('Look'), thinking, result('c1')])[1]).toMatchObject({
      content: [{ type: 'reasoning', text: 'Hm.' }, sdkCall],
    });
  });

  it('are under ids that Anthropic takes', () => {
    const odd = 'functions.clock:0 ż';
    const prompt = convertPrompt(
      [{ role: 'assistant', content: '', tool_calls: [{ ...call, id: odd }] }, result(odd)],
      'messages',
    );

    expect(prompt[0]?.content).toMatchObject([{ toolCallId: 'functions_clock_0__' }]);
    expect(prompt[1]?.content).toMatchObject([{ toolCallId: 'functions_clock_0__' }]);
    expect(output(convertPrompt([result(odd)], 'responses'))).toMatchObject({ toolCallId: odd });
  });
});

describe('sealed reasoning', () => {
  const block = (dialect: Dialect, kind: 'signature' | 'redacted' | 'encrypted', more: object = {}) => ({
    text: 'Hm.',
    seal: { dialect, kind, value: 'sealed', ...more },
  });
  const said = (...reasoning: readonly object[]): PromptMessage[] => [
    user('Hi'),
    { role: 'assistant', content: 'Hello', reasoning: reasoning as { text: string }[] },
    user('Go on'),
  ];
  const hello = { type: 'text', text: 'Hello' };

  it('goes back to a provider of its dialect, in every turn', () => {
    const messages = said(
      block('messages', 'signature'),
      block('messages', 'redacted'),
      block('responses', 'encrypted', { id: 'rs_1' }),
      block('responses', 'encrypted'),
      { text: 'plain' },
    );

    expect(convertPrompt(messages, 'messages')[1]?.content).toEqual([
      { type: 'reasoning', text: 'Hm.', providerOptions: { anthropic: { signature: 'sealed' } } },
      { type: 'reasoning', text: 'Hm.', providerOptions: { anthropic: { redactedData: 'sealed' } } },
      hello,
    ]);
    expect(convertPrompt(messages, 'responses')[1]?.content).toEqual([
      {
        type: 'reasoning',
        text: 'Hm.',
        providerOptions: { openai: { reasoningEncryptedContent: 'sealed', itemId: 'rs_1' } },
      },
      {
        type: 'reasoning',
        text: 'Hm.',
        providerOptions: { openai: { reasoningEncryptedContent: 'sealed' } },
      },
      hello,
    ]);
    expect(convertPrompt(messages, 'chat_completions')[1]?.content).toEqual([hello]);
  });
});

describe('a prompt for Anthropic', () => {
  it('has what the system says first, and nothing that is empty', () => {
    const prompt = convertPrompt(
      [
        user('Hi'),
        { role: 'system', content: 'One' },
        { role: 'assistant', content: '' },
        { role: 'system', content: '' },
        {
          role: 'user',
          parts: [
            { type: 'text', text: '' },
            { type: 'image', url: 'https://example.com/a.png' },
          ],
        },
        { role: 'system', content: 'Two' },
      ],
      'messages',
    );

    expect(prompt).toEqual([
      { role: 'system', content: 'One' },
      { role: 'system', content: 'Two' },
      { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
      {
        role: 'user',
        content: [{ type: 'file', mediaType: 'image/*', data: new URL('https://example.com/a.png') }],
      },
    ]);
  });
});
