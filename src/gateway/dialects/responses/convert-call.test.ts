import { describe, expect, it } from 'vitest';
import { type DomainError } from '../../../kernel/domain-error.js';
import { convertCall } from './convert-call.js';

const call = (body: object) => convertCall({ model: 'm', input: 'Hi', ...body });
const request = (body: object) => call(body).request;
const messages = (...input: readonly object[]) => request({ input }).messages;
const wrongAt = (body: object): string | undefined => {
  try {
    void call(body).request;
    return undefined;
  } catch (error) {
    const { errors } = (error as DomainError).facts as { errors: readonly { path: string }[] };
    return errors[0]?.path;
  }
};

const user = (text: string) => ({ role: 'user', parts: [{ type: 'text', text }] });
const said = (text: string) => ({
  type: 'message',
  role: 'assistant',
  content: [{ type: 'output_text', text }],
});
const called = (call_id: string, name = 'clock') => ({
  type: 'function_call',
  call_id,
  name,
  arguments: '{"a":1}',
});
const result = (call_id: string) => ({ type: 'function_call_output', call_id, output: 'noon' });
const thought = (text: string, rest: object = {}) => ({
  type: 'reasoning',
  id: 'rs_1',
  summary: [{ type: 'summary_text', text }],
  ...rest,
});
const toolCall = (id: string, name = 'clock') => ({ id, name, arguments: { a: 1 } });
const toolResult = (tool_call_id: string, tool_name = 'clock') => ({
  role: 'tool',
  tool_call_id,
  tool_name,
  content: 'noon',
  is_error: false,
});

describe('the input of a response', () => {
  it.each([
    ['a string', 'Hi', [user('Hi')]],
    ['a message without a type', [{ role: 'user', content: 'Hi' }], [user('Hi')]],
    [
      'a message in parts',
      [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi' }] }],
      [user('Hi')],
    ],
    [
      'a message of parts that say nothing',
      [{ role: 'user', content: [{ type: 'input_text', text: '' }] }],
      [{ role: 'user', parts: [] }],
    ],
    [
      'a message of the system',
      [{ role: 'system', content: 'Be brief.' }],
      [{ role: 'system', content: 'Be brief.' }],
    ],
    [
      'a message of the developer',
      [{ role: 'developer', content: [{ type: 'input_text', text: 'Be brief.' }] }],
      [{ role: 'system', content: 'Be brief.' }],
    ],
    ['an answer', [said('Hello.')], [{ role: 'assistant', content: 'Hello.' }]],
    [
      'a refusal',
      [{ role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] }],
      [{ role: 'assistant', content: 'No.' }],
    ],
    [
      'two answers',
      [said('a'), said('b')],
      [
        { role: 'assistant', content: 'a' },
        { role: 'assistant', content: 'b' },
      ],
    ],
    [
      'what a hosted tool left behind',
      [{ type: 'web_search_call', id: 'ws_1', status: 'completed' }, said('a')],
      [{ role: 'assistant', content: 'a' }],
    ],
  ])('may be %s', (_, input, expected) => {
    expect(request({ input }).messages).toEqual(expected);
  });

  it.each([
    [
      'an image by its URL',
      { type: 'input_image', image_url: 'https://example.com/a.png', detail: 'auto' },
      { type: 'image', url: 'https://example.com/a.png' },
    ],
    [
      'an image that is to be looked at closely',
      { type: 'input_image', image_url: 'https://example.com/a.png', detail: 'original' },
      { type: 'image', url: 'https://example.com/a.png', detail: 'high' },
    ],
    [
      'an image in itself',
      { type: 'input_image', image_url: 'data:image/png;base64,AAAA' },
      { type: 'image', base64: 'AAAA', mime_type: 'image/png' },
    ],
    [
      'a file in a data: URL',
      { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' },
      { type: 'file', base64: 'AAAA', mime_type: 'application/pdf', name: 'a.pdf' },
    ],
    [
      'a file in base64 alone',
      { type: 'input_file', filename: 'a.csv', file_data: 'AAAA' },
      { type: 'file', base64: 'AAAA', mime_type: 'text/csv', name: 'a.csv' },
    ],
    [
      'a file by its URL',
      { type: 'input_file', file_url: 'https://example.com/a.md?b=c' },
      { type: 'file', url: 'https://example.com/a.md?b=c', mime_type: 'text/markdown' },
    ],
  ])('may hold %s', (_, part, expected) => {
    expect(messages({ role: 'user', content: [part] })).toEqual([{ role: 'user', parts: [expected] }]);
    expect(
      messages(called('a'), { ...result('a'), output: [{ type: 'input_text', text: 'See:' }, part] }).at(-1),
    ).toEqual({
      ...toolResult('a'),
      content: 'See:',
      parts: [{ type: 'text', text: 'See:' }, expected],
    });
  });

  it('makes one message of what the model wrote in one go, and the next of what came after it', () => {
    const all = messages(
      thought('Hm'),
      said('Let me see.'),
      called('a'),
      called('b', 'dice'),
      result('b'),
      result('a'),
      said('It is noon.'),
    );

    expect(all).toEqual([
      {
        role: 'assistant',
        content: 'Let me see.',
        reasoning: [{ text: 'Hm' }],
        tool_calls: [toolCall('a'), toolCall('b', 'dice')],
      },
      toolResult('b', 'dice'),
      toolResult('a'),
      { role: 'assistant', content: 'It is noon.' },
    ]);
  });

  it('keeps reasoning and text that came between two calls with the calls, whose results come after both', () => {
    expect(messages(called('a'), thought('Hm'), said('And'), called('b'), result('a'), result('b'))).toEqual([
      {
        role: 'assistant',
        content: 'And',
        reasoning: [{ text: 'Hm' }],
        tool_calls: [toolCall('a'), toolCall('b')],
      },
      toolResult('a'),
      toolResult('b'),
    ]);
  });

  it('begins another message with reasoning that came after text', () => {
    expect(messages(said('a'), thought('Hm'), said('b'))).toEqual([
      { role: 'assistant', content: 'a' },
      { role: 'assistant', content: 'b', reasoning: [{ text: 'Hm' }] },
    ]);
  });

  it('has the seal of reasoning, whoever made it', () => {
    const own = { dialect: 'responses', kind: 'encrypted', value: 'gAAA', id: 'rs_1' };
    const foreign = { dialect: 'messages', kind: 'signature', value: 'c2ln' };
    const reasoning = (encrypted_content: string) => messages(thought('Hm', { encrypted_content }))[0];

    expect(reasoning('gAAA')).toMatchObject({ reasoning: [{ text: 'Hm', seal: own }] });
    expect(reasoning('pullcord:messages:signature::c2ln')).toMatchObject({
      reasoning: [{ text: 'Hm', seal: foreign }],
    });
  });

  it('says that a result is an error where the call did not come to its end, and has no name for a call from before', () => {
    const input = [{ ...result('a'), status: 'incomplete' }];
    expect(request({ input, previous_response_id: 'resp_1' }).messages).toEqual([
      { ...toolResult('a', ''), is_error: true },
    ]);
  });

  it.each([
    ['', {}],
    ['noon', 'noon'],
    ['5', 5],
  ])('reads arguments that are %j as %j', (text, args) => {
    expect(messages({ ...called('a'), arguments: text })).toMatchObject([
      { tool_calls: [{ arguments: args }] },
    ]);
  });

  it('shows a model a tool with free text as a function with one argument, and its calls too', () => {
    const custom = {
      type: 'custom',
      name: 'patch',
      description: 'Patches.',
      format: { type: 'grammar', syntax: 'lark', definition: 'start: "a"' },
    };
    const all = call({
      tools: [custom],
      input: [
        { type: 'custom_tool_call', call_id: 'a', name: 'patch', input: '*** Begin' },
        { type: 'custom_tool_call_output', call_id: 'a', output: 'done' },
      ],
    });

    expect(all.request.tools).toMatchObject([
      {
        name: 'patch',
        description: expect.stringContaining('start: "a"') as string,
        parameters: { required: ['input'] },
      },
    ]);
    expect(all.request.messages[0]).toMatchObject({
      tool_calls: [{ id: 'a', name: 'patch', arguments: { input: '*** Begin' } }],
    });
    expect([...all.freeTools]).toEqual(['patch']);
  });
});

describe('a request for a response', () => {
  it('says how the model shall answer', () => {
    const body = {
      instructions: 'Be brief.',
      temperature: 0.5,
      top_p: null,
      max_output_tokens: 9,
      reasoning: { effort: 'max', summary: 'auto' },
      safety_identifier: 'u1',
      parallel_tool_calls: false,
      truncation: 'auto',
      text: {
        format: { type: 'json_schema', name: 'place', schema: { type: 'object' }, strict: true },
        verbosity: 'low',
      },
      whatever: 5,
    };

    expect(request(body)).toEqual({
      messages: [{ role: 'system', content: 'Be brief.' }, user('Hi')],
      tools: [],
      task: 'answer',
      parameters: {
        temperature: 0.5,
        max_tokens: 9,
        reasoning_effort: 'xhigh',
        reasoning_summary: 'auto',
        user: 'u1',
      },
      parallel_tool_calls: false,
      response_format: { type: 'json_schema', name: 'place', schema: { type: 'object' }, strict: true },
    });
    expect(request({ text: { format: { type: 'text' } } })).not.toHaveProperty('response_format');
    expect(request({ text: { format: { type: 'json_object' } } }).response_format).toEqual({
      type: 'json_object',
    });
  });

  it.each([
    ['auto', 'auto'],
    ['none', 'none'],
    ['required', 'required'],
    [{ type: 'function', name: 'clock' }, { name: 'clock' }],
    [{ type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'clock' }] }, 'required'],
    [null, undefined],
  ])('may choose tools by %j', (tool_choice, expected) => {
    const tools = [
      { type: 'function', name: 'clock', parameters: null, strict: null },
      { type: 'web_search' },
    ];
    const { tools: known, tool_choice: choice } = request({ tools, tool_choice });

    expect(choice).toEqual(expected);
    expect(known).toEqual([
      { name: 'clock', description: '', parameters: { type: 'object', properties: {} } },
    ]);
  });

  it('leaves out the tools that are not allowed', () => {
    const tools = ['a', 'b'].map((name) => ({ type: 'function', name, parameters: {}, strict: true }));
    const tool_choice = { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'b' }] };

    expect(request({ tools, tool_choice }).tools).toEqual([
      { name: 'b', description: '', parameters: {}, strict: true },
    ]);
  });

  it('is stored unless it says no, and shows the seals of reasoning where nothing is stored or they are asked for', () => {
    expect(call({})).toMatchObject({
      isStored: true,
      isBackground: false,
      isReasoningSealed: false,
      isStreamed: false,
    });
    expect(call({ store: false, stream: true })).toMatchObject({
      isStored: false,
      isReasoningSealed: true,
      isStreamed: true,
    });
    expect(call({ include: ['reasoning.encrypted_content'] }).isReasoningSealed).toBe(true);
    expect(call({ background: true, conversation: { id: 'conv_1' } })).toMatchObject({
      isBackground: true,
      conversation_id: 'conv_1',
    });
    expect(call({ conversation: 'conv_1' }).conversation_id).toBe('conv_1');
    expect(convertCall({ model: 'm', previous_response_id: 'resp_1' })).toMatchObject({
      previous_response_id: 'resp_1',
      request: { messages: [] },
    });
  });

  it('is read only as far as somebody asks for it', () => {
    expect(call({ tools: [{ type: 'local_shell' }], prompt: { id: 'pmpt_1' } }).model).toBe('m');
  });

  it.each([
    ['model', { model: undefined }],
    ['model', { model: '' }],
    ['input', { input: null }],
    ['input', { input: 5 }],
    ['input.0', { input: ['Hi'] }],
    ['input.0.role', { input: [{ role: 'king', content: 'Hi' }] }],
    ['input.0.content', { input: [{ role: 'user', content: 5 }] }],
    ['input.0.content.0.type', { input: [{ role: 'user', content: [{ type: 'input_audio' }] }] }],
    ['input.0.content.0.text', { input: [{ role: 'user', content: [{ type: 'input_text' }] }] }],
    ['input.0.content.0.image_url', { input: [{ role: 'user', content: [{ type: 'input_image' }] }] }],
    [
      'input.0.content.0.image_url',
      { input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'file:///etc/passwd' }] }] },
    ],
    [
      'input.0.content.0.file_id',
      { input: [{ role: 'user', content: [{ type: 'input_image', file_id: 'file_1' }] }] },
    ],
    [
      'input.0.content',
      {
        input: [
          { role: 'system', content: [{ type: 'input_image', image_url: 'https://example.com/a.png' }] },
        ],
      },
    ],
    ['input.0.type', { input: [{ type: 'computer_call_output', call_id: 'a', output: {} }] }],
    ['input.0.id', { input: [{ type: 'item_reference', id: 'msg_1' }] }],
    ['input.0.call_id', { input: [{ type: 'function_call_output', output: 'x' }] }],
    ['input.0.call_id', { input: [result('a')] }],
    ['input.0.name', { input: [{ type: 'function_call', call_id: 'a', arguments: '{}' }] }],
    ['tools.0.type', { tools: [{ type: 'local_shell' }] }],
    ['tools.0.name', { tools: [{ type: 'function' }] }],
    ['tool_choice', { tool_choice: 'any' }],
    ['tool_choice.name', { tool_choice: { type: 'function', name: 'clock' } }],
    ['tool_choice.type', { tool_choice: { type: 'mcp', server_label: 'x' } }],
    ['text.format.type', { text: { format: { type: 'xml' } } }],
    ['text.format.schema', { text: { format: { type: 'json_schema', name: 'x' } } }],
    ['reasoning.effort', { reasoning: { effort: 'huge' } }],
    ['temperature', { temperature: 3 }],
    ['max_output_tokens', { max_output_tokens: 0 }],
    ['top_logprobs', { top_logprobs: 5 }],
    ['prompt', { prompt: { id: 'pmpt_1' } }],
    ['stream', { stream: 'yes' }],
    ['background', { background: true, store: false }],
    ['previous_response_id', { previous_response_id: 'resp_1', conversation: 'conv_1' }],
    ['metadata.a', { metadata: { a: 5 } }],
    ['metadata', { metadata: { ['a'.repeat(65)]: '' } }],
    ['metadata', { metadata: Object.fromEntries(Array.from({ length: 17 }, (_, n) => [`k${n}`, ''])) }],
  ])('is refused for its %s', (path, body) => {
    expect(wrongAt(body)).toBe(path);
  });
});
