import { describe, expect, it } from 'vitest';
import type { ModelRequest, PromptMessage } from '../language-model.js';
import { planScript, type Script } from './scripted-script.js';

const user = (text: string): PromptMessage => ({ role: 'user', parts: [{ type: 'text', text }] });
const called = (id: string): PromptMessage => ({
  role: 'assistant',
  content: '',
  tool_calls: [{ id, name: 'clock', arguments: {} }],
});
const result = (id: string, content: string, is_error = false): PromptMessage => ({
  role: 'tool',
  tool_call_id: id,
  tool_name: 'clock',
  content,
  is_error,
});

function plan(messages: string | readonly PromptMessage[], more: Partial<ModelRequest> = {}): Script {
  let calls = 0;
  return planScript(
    {
      messages: typeof messages === 'string' ? [user(messages)] : messages,
      tools: [],
      parameters: {},
      task: 'answer',
      ...more,
    },
    { paceMs: 30, newCallId: () => `call_${(calls += 1)}` },
  );
}

const parts = ({ steps }: Script) => steps.flatMap((step) => (step.type === 'part' ? [step.part] : []));
const said = (script: Script, type: 'text' | 'reasoning' | 'tool_arguments' = 'text'): string =>
  parts(script)
    .map((part) => (part.type === type ? part.delta : ''))
    .join('');
const kinds = (script: Script): string[] => [
  ...new Set(script.steps.map((step) => (step.type === 'part' ? step.part.type : step.type))),
];

describe('the script of an answer', () => {
  it('quotes the user, counts the turns and tells what it can be told', () => {
    const script = plan([user('Hi'), { role: 'assistant', content: 'Hello.' }, user('How are\nyou?')]);

    expect(said(script)).toMatch(
      /^> How are\n> you\?\n\nThat is what you said in turn 2 of this conversation\./,
    );
    for (const directive of [
      '/words',
      '/echo',
      '/pace',
      '/reason',
      '/tool',
      '/rounds',
      '/stall',
      '/fail',
      '/fail-after',
    ])
      expect(said(script)).toContain(`\`${directive}`);
    expect(kinds(script)).toEqual(['text', 'finish']);
    expect(script.paceMs).toBe(30);
  });

  it('is the same for the same conversation', () => {
    expect(plan('Hi')).toEqual(plan('Hi'));
  });

  it('says when there were images, and which tools there are', () => {
    const image = { type: 'image', url: 'https://example.com/a.png' } as const;
    const tools = [{ name: 'clock', description: '', parameters: {} }];

    expect(said(plan([{ role: 'user', parts: [image] }], { tools }))).toMatch(
      /turn 1 of this conversation, with an image\.[^]*on offer: `clock`/,
    );
  });

  it('stays short whatever was said', () => {
    expect(said(plan('long '.repeat(100_000))).length).toBeLessThan(3_000);
  });

  it('can be given without a user at all', () => {
    expect(said(plan([{ role: 'system', content: 'Be brief.' }]))).toContain('turn 0');
  });

  it('echoes to the letter', () => {
    const text = '# Title\n\n  ```js\n  let a = "🙂";\n```\n\u0000 \ud83d|end\n\n';

    expect(said(plan(`/echo ${text}`))).toBe(text);
  });

  it('has as many words as were asked for, at the pace that was asked for', () => {
    const script = plan('/words 500\n/pace 5');

    expect(script.steps).toHaveLength(501);
    expect(script.paceMs).toBe(5);
    expect(parts(script).at(-1)).toEqual({
      type: 'finish',
      finish_reason: 'stop',
      usage: { prompt: 4, completion: 500 },
    });
  });

  it('stops at max_tokens', () => {
    const script = plan('/words 500', { parameters: { max_tokens: 10 } });

    expect(script.steps).toHaveLength(11);
    expect(parts(script).at(-1)).toMatchObject({ finish_reason: 'length', usage: { completion: 10 } });
  });

  it('thinks first when told to', () => {
    const script = plan('/reason\n/echo Done.');

    expect(kinds(script)).toEqual(['reasoning', 'text', 'finish']);
    expect(said(script, 'reasoning')).toContain('This is turn 1.');
    expect(said(script)).toBe('Done.');
    expect(parts(script).at(-1)).toMatchObject({ usage: { reasoning: expect.any(Number) } });
  });

  it('explains what it did not understand', () => {
    expect(said(plan('/words many\n/fail badly'))).toMatch(
      /^\/words needs a whole number.*\n\n\/fail knows /,
    );
  });
});

describe('the script of tool calls', () => {
  const order = '/tool clock {"timezone":"UTC"}\n/tool clock';

  it('streams the arguments, calls, and ends with tool_calls', () => {
    const script = plan(order);

    expect(parts(script)).toEqual([
      { type: 'tool_arguments', tool_call_id: 'call_1', tool_name: 'clock', delta: '{"timezo' },
      { type: 'tool_arguments', tool_call_id: 'call_1', tool_name: 'clock', delta: 'ne":"UTC' },
      { type: 'tool_arguments', tool_call_id: 'call_1', tool_name: 'clock', delta: '"}' },
      { type: 'tool_call', tool_call_id: 'call_1', tool_name: 'clock', arguments: '{"timezone":"UTC"}' },
      { type: 'tool_arguments', tool_call_id: 'call_2', tool_name: 'clock', delta: '{}' },
      { type: 'tool_call', tool_call_id: 'call_2', tool_name: 'clock', arguments: '{}' },
      { type: 'finish', finish_reason: 'tool_calls', usage: { prompt: 5, completion: 0 } },
    ]);
  });

  it('answers from the results', () => {
    const script = plan([
      user(order),
      called('c1'),
      result('c1', '12:00'),
      result('c2', 'no such zone', true),
    ]);

    expect(said(script)).toBe('The tool `clock` answered: 12:00\n\nThe tool `clock` failed: no such zone');
    expect(kinds(script)).toEqual(['text', 'finish']);
  });

  it('gives the answer it was told to give, once the results have come', () => {
    const script = plan([user('/tool clock\n/echo Thanks.'), called('c1'), result('c1', '12:00')]);

    expect(said(script)).toBe('Thanks.');
  });

  it('calls as many times in a row as it was told to', () => {
    const twice = [user('/tool clock\n/rounds 2'), called('c1'), result('c1', '12:00')];

    expect(kinds(plan(twice))).toContain('tool_call');
    expect(kinds(plan([...twice, called('c2'), result('c2', '12:01')]))).toEqual(['text', 'finish']);
  });

  it('forgets the calls of earlier turns', () => {
    const script = plan([user(order), called('c1'), result('c1', '12:00'), user('/tool clock')]);

    expect(kinds(script)).toContain('tool_call');
  });
});

describe('the script of a failure', () => {
  it('fails before anything was said, and is not worth another try', () => {
    expect(plan('/reason\n/fail').steps).toEqual([
      { type: 'fail', error: expect.objectContaining({ code: 'upstream_error', retryable: false }) },
    ]);
  });

  it.each([
    ['rate_limited', true, 429],
    ['upstream_error', true, 500],
    ['upstream_rejected', false, 400],
    ['connect_failed', true, undefined],
    ['content_too_large', false, undefined],
  ])('fails as %s when told so', (code, retryable, status) => {
    expect(plan(`/fail ${code}`).steps).toMatchObject([{ type: 'fail', error: { code, retryable, status } }]);
  });

  it('breaks off after so many words', () => {
    const script = plan('/fail-after 2\n/echo one two three');

    expect(said(script)).toBe('one two');
    expect(script.steps.at(-1)).toMatchObject({ type: 'fail', error: { code: 'upstream_protocol' } });
  });

  it('stalls after so many words, and says no more', () => {
    const script = plan('/stall 2\n/echo one two three');

    expect(said(script)).toBe('one two');
    expect(script.steps.at(-1)).toEqual({ type: 'stall' });
  });

  it('stalls before the first word, and before a call', () => {
    expect(plan('/stall 0').steps).toEqual([{ type: 'stall' }]);
    expect(plan('/stall\n/tool clock').steps).toEqual([{ type: 'stall' }]);
  });

  it('does whichever comes first', () => {
    expect(kinds(plan('/stall 2\n/fail-after 1'))).toEqual(['text', 'fail']);
    expect(kinds(plan('/stall 1\n/fail-after 2'))).toEqual(['text', 'stall']);
  });
});

describe('the script of a title', () => {
  it.each([
    ['How do I bake bread?', 'How do I bake bread?'],
    ['one two three four five six seven eight nine', 'one two three four five six seven eight'],
    ['# A heading, and more.', 'A heading, and more'],
    ['/reason\n\nHello there!', 'Hello there'],
    ['/echo Say **this**', 'Say **this**'],
    ['---\nSecond line', 'Second line'],
    ['日本語のタイトル', '日本語のタイトル'],
    ['x'.repeat(100), `${'x'.repeat(59)}…`],
    ['/fail', 'New conversation'],
    ['', 'New conversation'],
  ])('of %j is %j', (text, title) => {
    const script = plan([user(text), user('Later')], { task: 'title' });

    expect(said(script)).toBe(title);
    expect(script.paceMs).toBe(0);
    expect(kinds(script)).toEqual(['text', 'finish']);
  });
});
