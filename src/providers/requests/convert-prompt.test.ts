import { describe, expect, it } from 'vitest';
import type { ModelRequest, PromptMessage } from '../language-model.js';
import { convertPrompt, convertRequest } from './convert-prompt.js';

const user = (text: string): PromptMessage => ({ role: 'user', parts: [{ type: 'text', text }] });
const call = { id: 'c1', name: 'clock', arguments: { zone: 'UTC' } };
const sdkCall = { type: 'tool-call', toolCallId: 'c1', toolName: 'clock', input: { zone: 'UTC' } };

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
});

describe('a request for the AI SDK', () => {
  const request: ModelRequest = { messages: [user('Hi')], tools: [], parameters: {}, task: 'answer' };
  const defined = (options: object): object =>
    Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));

  it('has nothing that was not asked for', () => {
    expect(Object.keys(defined(convertRequest(request)))).toEqual(['prompt']);
  });

  it('has the tools with their schemas', () => {
    const parameters = { type: 'object', properties: { zone: { type: 'string' } } };
    const tools = [{ name: 'clock', description: 'The time', parameters }];

    expect(convertRequest({ ...request, tools }).tools).toEqual([
      { type: 'function', name: 'clock', description: 'The time', inputSchema: parameters },
    ]);
  });

  it('has every parameter under the name that the SDK gives it', () => {
    const parameters = {
      temperature: 0.5,
      top_p: 0.9,
      max_tokens: 100,
      stop: ['END'],
      seed: 7,
      presence_penalty: 0.1,
      frequency_penalty: 0.2,
      reasoning_effort: 'low',
    } as const;

    expect(convertRequest({ ...request, parameters })).toMatchObject({
      temperature: 0.5,
      topP: 0.9,
      maxOutputTokens: 100,
      stopSequences: ['END'],
      seed: 7,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      providerOptions: { openaiCompatible: { reasoningEffort: 'low' } },
    });
  });
});
