import { describe, expect, it } from 'vitest';
import type { ModelParameters, ModelRequest, PromptMessage } from '../language-model.js';
import { convertRequest } from './convert-request.js';
import type { RequestTarget } from './request-target.js';

const user = (text: string): PromptMessage => ({ role: 'user', parts: [{ type: 'text', text }] });
const request: ModelRequest = { messages: [user('Hi')], tools: [], parameters: {}, task: 'answer' };
const clock = { name: 'clock', description: 'The time', parameters: { type: 'object' } };
const chat: RequestTarget = { dialect: 'chat_completions', model: 'fake-1' };
const responses: RequestTarget = { dialect: 'responses', model: 'fake-1' };
const claude: RequestTarget = { dialect: 'messages', model: 'claude-sonnet-4-5', reasons: true };

const defined = (options: object): object =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
const asked = (parameters: ModelParameters, target: RequestTarget, more: Partial<ModelRequest> = {}) =>
  convertRequest({ ...request, ...more, parameters }, target);
const optionsOf = (parameters: ModelParameters, target: RequestTarget, more: Partial<ModelRequest> = {}) =>
  asked(parameters, target, more).providerOptions;

describe('a request for the AI SDK', () => {
  it('has nothing that was not asked for', () => {
    expect(Object.keys(defined(convertRequest(request, chat)))).toEqual(['prompt', 'providerOptions']);
    expect(optionsOf({}, chat)).toEqual({ openai: {}, openaiCompatible: {}, compatible: {} });
    expect(optionsOf({}, claude)).toEqual({ anthropic: { toolStreaming: false } });
  });

  it('has the tools with their schemas, and how strict they are', () => {
    const parameters = { type: 'object', properties: { zone: { type: 'string' } } };
    const tools = [
      { ...clock, parameters },
      { ...clock, name: 'strict', strict: true },
    ];

    expect(convertRequest({ ...request, tools }, chat).tools).toEqual([
      { type: 'function', name: 'clock', description: 'The time', inputSchema: parameters },
      {
        type: 'function',
        name: 'strict',
        description: 'The time',
        inputSchema: clock.parameters,
        strict: true,
      },
    ]);
  });

  it('has every parameter under the name that the SDK gives it', () => {
    const parameters = {
      temperature: 0.5,
      top_p: 0.9,
      top_k: 40,
      max_tokens: 100,
      stop: ['END'],
      seed: 7,
      presence_penalty: 0.1,
      frequency_penalty: 0.2,
    } as const;

    expect(asked(parameters, chat)).toMatchObject({
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      maxOutputTokens: 100,
      stopSequences: ['END'],
      seed: 7,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
    });
  });

  it.each([
    ['auto', { type: 'auto' }],
    ['none', { type: 'none' }],
    ['required', { type: 'required' }],
    [{ name: 'clock' }, { type: 'tool', toolName: 'clock' }],
  ] as const)('may choose its tool: %j', (tool_choice, toolChoice) => {
    expect(convertRequest({ ...request, tool_choice, tools: [clock] }, chat)).toMatchObject({ toolChoice });
    expect(convertRequest({ ...request, tool_choice }, chat)).not.toHaveProperty('toolChoice');
  });

  it('may forbid several calls at once, where there is something to call', () => {
    const none = { parallel_tool_calls: false };
    const one = { ...none, tools: [clock] };

    expect(optionsOf({}, chat, one)).toMatchObject({
      openai: { parallelToolCalls: false },
      compatible: { parallel_tool_calls: false },
    });
    expect(optionsOf({}, responses, one)).toMatchObject({ openai: { parallelToolCalls: false } });
    expect(optionsOf({}, claude, one)).toMatchObject({ anthropic: { disableParallelToolUse: true } });
    expect(optionsOf({}, chat, none)).toEqual(optionsOf({}, chat));
    expect(optionsOf({}, claude, { ...one, parallel_tool_calls: true })).toEqual(optionsOf({}, claude));
  });

  it('may ask for JSON, with a schema or without', () => {
    const schema = { type: 'object' };
    const format = { type: 'json_schema', name: 'day', schema, description: 'A day' } as const;
    const strict = { response_format: { ...format, strict: true } };

    expect(asked({}, chat, { response_format: { type: 'json_object' } }).responseFormat).toEqual({
      type: 'json',
    });
    expect(asked({}, chat, { response_format: format }).responseFormat).toEqual({
      type: 'json',
      name: 'day',
      description: 'A day',
      schema,
    });
    expect(optionsOf({}, chat, { response_format: format })).toMatchObject({
      openai: { strictJsonSchema: false },
      openaiCompatible: { strictJsonSchema: false },
    });
    expect(optionsOf({}, responses, strict)).toMatchObject({ openai: { strictJsonSchema: true } });
    expect(optionsOf({}, claude, strict)).toMatchObject({
      anthropic: { structuredOutputMode: 'outputFormat' },
    });
  });

  it('says whom the provider shall hold responsible', () => {
    const user = 'u-1';

    expect(optionsOf({ user }, chat)).toMatchObject({ openai: { user }, openaiCompatible: { user } });
    expect(optionsOf({ user }, responses)).toMatchObject({ openai: { user } });
    expect(optionsOf({ user }, claude)).toMatchObject({ anthropic: { metadata: { userId: user } } });
  });

  it('stores nothing at a provider that would', () => {
    expect(optionsOf({}, responses)).toEqual({
      openai: { store: false, passThroughUnsupportedFiles: true },
    });
  });
});

describe('how hard a model of OpenAI thinks', () => {
  it.each([
    [{ reasoning_effort: 'xhigh' }, 'xhigh'],
    [{ reasoning_effort: 'none', reasoning_tokens: 5000 }, 'none'],
    [{ reasoning_tokens: 2048 }, 'low'],
    [{ reasoning_tokens: 2049 }, 'medium'],
    [{ reasoning_tokens: 8192 }, 'medium'],
    [{ reasoning_tokens: 8193 }, 'high'],
  ] as const)('with %j is %s', (parameters, reasoningEffort) => {
    expect(optionsOf(parameters, chat)).toMatchObject({
      openai: { reasoningEffort, forceReasoning: true },
      openaiCompatible: { reasoningEffort },
    });
    expect(optionsOf(parameters, responses)).toMatchObject({ openai: { reasoningEffort } });
  });

  it('is not said to one that does not think, and one that does is known as such', () => {
    const told = { reasoning_effort: 'high' } as const;

    expect(optionsOf(told, { ...chat, reasons: false })).toEqual(optionsOf({}, chat));
    expect(optionsOf({}, { ...chat, reasons: true })).toMatchObject({ openai: { forceReasoning: true } });
    expect(optionsOf({ reasoning_summary: 'auto' }, responses)).toMatchObject({
      openai: { reasoningSummary: 'auto', forceReasoning: true },
    });
  });
});

describe('how hard a model of Anthropic thinks', () => {
  const thinking = (parameters: ModelParameters, target: RequestTarget, more?: Partial<ModelRequest>) => {
    const { maxOutputTokens, providerOptions } = asked(parameters, target, more);
    return { ...defined({ maxOutputTokens }), ...providerOptions?.['anthropic'] };
  };
  const none = { toolStreaming: false };
  const budget = (budgetTokens: number) => ({ ...none, thinking: { type: 'enabled', budgetTokens } });

  it.each([
    [{ reasoning_effort: 'minimal' }, budget(1024)],
    [{ reasoning_effort: 'medium' }, budget(8192)],
    [{ reasoning_tokens: 5000 }, budget(5000)],
    [{ reasoning_tokens: 5 }, budget(1024)],
    [{ reasoning_effort: 'none' }, { ...none, thinking: { type: 'disabled' } }],
    [{}, none],
    // What it may think with is a part of what it may write; the SDK puts them together again.
    [
      { reasoning_tokens: 5000, max_tokens: 8000 },
      { ...budget(5000), maxOutputTokens: 3000 },
    ],
    [
      { reasoning_tokens: 5000, max_tokens: 3000 },
      { ...budget(2999), maxOutputTokens: 1 },
    ],
    [
      { reasoning_tokens: 5000, max_tokens: 1024 },
      { ...none, maxOutputTokens: 1024 },
    ],
  ] as const)('with %j', (parameters, options) => {
    expect(thinking(parameters, claude)).toEqual(options);
  });

  it.each([
    'claude-opus-4-6',
    'claude-sonnet-4-6-20260201',
    'claude-opus-4-8',
    'claude-sonnet-5',
    'claude-fable-5-1',
    'claude-haiku-5-5',
  ])('is up to %s', (model) => {
    const adaptive = { type: 'adaptive', display: 'summarized' };

    expect(thinking({ reasoning_effort: 'minimal' }, { ...claude, model })).toEqual({
      ...none,
      thinking: adaptive,
      effort: 'low',
    });
    expect(thinking({ reasoning_tokens: 20_000, max_tokens: 100 }, { ...claude, model })).toEqual({
      ...none,
      maxOutputTokens: 100,
      thinking: adaptive,
      effort: 'high',
    });
  });

  it.each(['claude-opus-4-20250514', 'claude-opus-4-5', 'claude-3-7-sonnet', 'other'])(
    'is a number of tokens for %s',
    (model) => {
      expect(thinking({ reasoning_effort: 'low' }, { ...claude, model })).toEqual(budget(2048));
    },
  );

  it('is not said to one that does not think', () => {
    expect(thinking({ reasoning_effort: 'low' }, { ...claude, reasons: false })).toEqual(none);
  });

  it('is not said in the middle of a turn that began without', () => {
    const call = { id: 'c1', name: 'clock', arguments: {} };
    const called = (dialect?: 'messages' | 'responses'): PromptMessage => ({
      role: 'assistant',
      content: '',
      tool_calls: [call],
      ...(dialect && { reasoning: [{ text: '', seal: { dialect, kind: 'signature', value: 'x' } }] }),
    });
    const result: PromptMessage = {
      role: 'tool',
      tool_call_id: 'c1',
      tool_name: 'clock',
      content: '12:00',
      is_error: false,
    };
    const turn = (...messages: PromptMessage[]) =>
      thinking({ reasoning_effort: 'low' }, claude, { messages: [user('Time?'), ...messages] });

    expect(turn(called(), result)).toEqual(none);
    expect(turn(called('responses'), result)).toEqual(none);
    expect(turn(called('messages'), result)).toEqual(budget(2048));
    expect(turn(called(), result, { role: 'assistant', content: '12:00' }, user('Thanks'))).toEqual(
      budget(2048),
    );
  });
});
