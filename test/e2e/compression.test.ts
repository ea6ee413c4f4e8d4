// What becomes of a conversation that is longer than its model's window: summaries, and what takes their place.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ContextClient, startServerOn } from '../support/context-client.js';
import {
  answer,
  FakeUpstream,
  hold,
  partial,
  refusal,
  stall,
  type Plan,
  type UpstreamRequest,
} from '../support/fake-upstream.js';
import { askTime, callOf } from '../support/model-calls.js';
import {
  answerCalls,
  isSummaryRequest,
  lastPrompt,
  messagesIn,
  orphansIn,
  summaryCalls,
  tokensIn,
} from '../support/prompts.js';
import type { TestServer } from '../support/server.js';
import { makeFolder } from '../support/workspace.js';

/** 300 tokens each. Of 1,800 a request may have 1,440 before older turns give way, and 1,600 at most. */
const words = (name: string): string => `${name}: ${'snow '.repeat(290)}`;

let upstream: FakeUpstream;
let server: TestServer;
let onSummary: Plan;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  upstream.on(plan);
  server = await startServerOn(upstream, {
    PULLCORD_MODELS: JSON.stringify({
      'openai/gpt-4o-mini': { context_window: 1800 },
      'openai/short-reader': { context_window: 1200, reasoning: false, tokenizer: 'o200k_base' },
      'openai/no-reader': { context_window: 200, reasoning: false },
    }),
    PULLCORD_MODEL_ANSWER_TOKENS: '200',
    PULLCORD_COMPRESSION_KEEP_TURNS: '1',
    PULLCORD_COMPRESSION_SUMMARY_TOKENS: '100',
    PULLCORD_TOOLS: 'current_time',
    PULLCORD_TOOL_POLICY: 'auto_approve',
    PULLCORD_MODEL_MAX_ATTEMPTS: '1',
  });
});
afterAll(() => upstream.close());
beforeEach(() => {
  upstream.clear();
  upstream.calls.length = 0;
  onSummary = answer('It snowed, and nobody minded.');
});

/** Calls two tools when the last user message begins with `tools`, once. */
function plan(request: UpstreamRequest): Plan {
  if (isSummaryRequest(request)) return onSummary;
  const last = messagesIn(request).at(-1);
  const [, turn] = /^tools (\d+)/.exec(last?.role === 'user' ? (last.content ?? '') : '') ?? [];
  return turn === undefined
    ? answer(words('answer'))
    : answer('', { calls: [askTime(`a${turn}`), askTime(`b${turn}`)] });
}

const names = (): readonly string[] =>
  lastPrompt(upstream).map(({ role, content }) => `${role} ${content?.split(':')[0]}`);

const begin = (config: Record<string, unknown> = {}): Promise<ContextClient> =>
  ContextClient.begin(server, config);

async function say(context: ContextClient, ...turns: readonly string[]): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const turn of turns) ids.push((await context.exchange(words(turn))).message_id);
  return ids;
}

describe('a summary', () => {
  it('stands in the prompt for what it covers, and everything stays where it was', async () => {
    const context = await begin({ system_prompt: 'Be brief: you know.' });
    await say(context, 'first', 'second', 'third');
    expect(names()).toEqual([
      ...['system Be brief', 'system Summary of the conversation before', 'user third'],
    ]);
    expect(lastPrompt(upstream)[1]?.content).toContain('It snowed, and nobody minded.');
    const messages = await context.messages();
    const kinds = messages.map(({ kind }) => kind);
    expect(kinds).toEqual([
      ...[
        'text',
        'streaming_response',
        'text',
        'streaming_response',
        'text',
        'summary',
        'streaming_response',
      ],
    ]);
    const [summary] = await context.messagesOf('summary');
    expect(summary).toMatchObject({ role: 'system', status: 'complete' });
    expect(summary?.data.covers).toEqual(messages.slice(0, 4).map(({ id }) => id));
    expect(summary?.data).toMatchObject({ strategy: 'summarize', content: 'It snowed, and nobody minded.' });
    expect(summary?.data.tokens_before).toBeGreaterThan(1150);
    expect(summary?.data.tokens_after).toBeLessThan(30);
    const changes = await context.get<{ messages: { id: string }[] }>('/messages?changed_since=0');
    expect(changes.messages).toHaveLength(7);
  });

  it('is written of all that was said in its part, and of nothing else', async () => {
    const context = await begin();
    await say(context, 'first', 'second', 'third');
    const [asked, ...more] = summaryCalls(upstream);
    expect(more).toEqual([]);
    const text = messagesIn(asked?.request as UpstreamRequest).at(-1)?.content ?? '';
    expect([...text.matchAll(/^(?:User|Assistant):\n(\w+)/gm)].map(([, name]) => name)).toEqual([
      ...['first', 'answer', 'second', 'answer'],
    ]);
    expect(asked?.request.body).toMatchObject({ max_tokens: 100 });
    expect(asked?.request.body.tools).toBeUndefined();
  });

  it('is not asked for while there is room', async () => {
    const context = await begin();
    await say(context, 'first', 'second');
    expect(summaryCalls(upstream)).toEqual([]);
    expect(await context.messagesOf('summary')).toEqual([]);
  });

  it('is taken into the next one, which then stands for all', async () => {
    const context = await begin();
    await say(context, 'first', 'second', 'third', 'fourth');
    onSummary = answer('All of it was snow.');
    await say(context, 'fifth');
    const [first, second] = await context.messagesOf('summary');
    expect(second?.data.covers).toContain(first?.id);
    expect(second?.data.covers).not.toContain(first?.data.covers[0]);
    const asked = messagesIn(summaryCalls(upstream)[1]?.request as UpstreamRequest).at(-1)?.content;
    expect(asked).toContain('It snowed, and nobody minded.');
    expect(JSON.stringify(lastPrompt(upstream))).toContain('All of it was snow.');
    expect(JSON.stringify(lastPrompt(upstream))).not.toContain('nobody minded');
  });

  it('is not there on a branch that left before it', async () => {
    const context = await begin();
    const [, second] = await say(context, 'first', 'second', 'third');
    await context.act('edit_message', { message_id: second, content: 'other: words' });
    await context.settled();
    expect(await context.messagesOf('summary')).toEqual([]);
    expect(names()).toEqual(['user first', 'assistant answer', 'user other']);
  });

  it('is still there for another answer to the message that it was written for', async () => {
    const context = await begin();
    await say(context, 'first', 'second', 'third');
    await context.act('retry');
    await context.settled();
    expect(names()).toEqual(['system Summary of the conversation before', 'user third']);
    expect(summaryCalls(upstream)).toHaveLength(1);
    expect(await context.messagesOf('summary')).toHaveLength(1);
  });

  it('is written by the model that is set for that, in as many calls as it needs', async () => {
    const context = await begin({ compression: { model: 'openai/short-reader' } });
    await say(context, 'first', 'second', 'third');
    const asked = summaryCalls(upstream);
    expect(asked.length).toBeGreaterThan(1);
    for (const { request } of asked) {
      expect(request.body.model).toBe('short-reader');
      expect(tokensIn(request)).toBeLessThan(1100);
    }
    const last = messagesIn(asked.at(-1)?.request as UpstreamRequest).at(-1)?.content;
    expect(last).toMatch(/^The summary before:\nIt snowed/);
    expect(await context.messagesOf('summary')).toHaveLength(1);
  });

  it('is cut when the model does not stop', async () => {
    onSummary = answer('snow '.repeat(5000));
    const context = await begin();
    await say(context, 'first', 'second', 'third');
    const [summary] = await context.messagesOf('summary');
    expect(summary?.data.tokens_after).toBeLessThan(120);
  });
});

describe('a call of a tool', () => {
  it('is summarized with its results, or sent with them', async () => {
    const context = await begin();
    for (let turn = 0; turn < 6; turn++) await say(context, `tools ${turn}`);
    for (const { request } of upstream.calls) expect(orphansIn(request)).toEqual([]);
    for (const summary of await context.messagesOf('summary')) {
      const all = await context.messages();
      const covered = all.filter(({ id }) => summary.data.covers.includes(id));
      const requests = covered.filter(({ kind }) => kind === 'tool_request').length;
      expect(covered.filter(({ kind }) => kind === 'tool_result')).toHaveLength(requests * 2);
    }
    expect((await context.messagesOf('summary')).length).toBeGreaterThan(0);
  });

  it('stays with its results when one of them is pinned', async () => {
    const context = await begin();
    upstream.enqueue(answer('', { calls: [askTime('a'), askTime('b')] }));
    await say(context, 'first');
    const [result] = await context.messagesOf('tool_result');
    await context.pin(result?.id ?? '');
    await say(context, 'second', 'third', 'fourth');
    const sent = lastPrompt(upstream);
    expect(sent.flatMap(({ tool_calls = [] }) => tool_calls.map(({ id }) => id))).toEqual(['a', 'b']);
    expect(sent.flatMap(({ tool_call_id = [] }) => tool_call_id)).toEqual(['a', 'b']);
    expect(sent.some(({ content }) => content?.startsWith('first'))).toBe(false);
  });
});

describe('a summary that cannot be had', () => {
  it('is noted on the branch, and the oldest turns are left out instead', async () => {
    onSummary = refusal(400, 'No summaries today');
    const context = await begin();
    await say(context, 'first', 'second', 'third');
    expect(names()).toEqual(['user second', 'assistant answer', 'user third']);
    expect(await context.messagesOf('summary')).toEqual([]);
    const [note] = await context.messagesOf('processing');
    expect(note?.data).toMatchObject({ stage: 'compression_failed', metadata: { fallback: 'recent_n' } });
    expect(note?.data.metadata.code).toBe('upstream_rejected');
    expect(await context.state()).toEqual({ type: 'awaiting_user', reason: 'input' });
  });

  it('is not asked for again in the very next turns, and then is', async () => {
    onSummary = refusal(400, 'No summaries today');
    const context = await begin();
    await say(context, 'first', 'second', 'third', 'fourth', 'fifth');
    expect(summaryCalls(upstream)).toHaveLength(1);
    onSummary = answer('It snowed.');
    await say(context, 'sixth');
    expect(await context.messagesOf('summary')).toHaveLength(1);
    expect(names()).toEqual(['system Summary of the conversation before', 'user sixth']);
  });

  it.each([
    ['that says nothing', 'openai/gpt-4o-mini', 'empty_summary'],
    ['that can read next to nothing', 'openai/no-reader', 'window_too_small'],
  ])('is noted for a model %s', async (_, model, code) => {
    onSummary = answer(' ');
    const context = await begin({ compression: { model } });
    await say(context, 'first', 'second', 'third');
    expect((await context.messagesOf('processing'))[0]?.data.metadata.code).toBe(code);
  });
});

describe('the other strategies', () => {
  it('recent_n leaves out the oldest turns, and asks for nothing', async () => {
    const context = await begin({ compression: { strategy: 'recent_n' } });
    await say(context, 'first', 'second', 'third', 'fourth');
    expect(names()).toEqual(['user third', 'assistant answer', 'user fourth']);
    expect(summaryCalls(upstream)).toEqual([]);
  });

  it('importance keeps what the newest question is about', async () => {
    const context = await begin({ compression: { strategy: 'importance' } });
    await say(context, 'harbour', 'second', 'third');
    await context.exchange('And the harbour?');
    expect(names().slice(0, 2)).toEqual(['user harbour', 'assistant answer']);
    expect(names()).not.toContain('user second');
    expect(names().at(-1)).toBe('user And the harbour?');
  });

  it('none sends everything, or nothing', async () => {
    const context = await begin({ compression: { strategy: 'none' } });
    await say(context, 'first', 'second', 'third');
    expect(names()).toHaveLength(5);
    await say(context, 'fourth');
    expect(await context.state()).toMatchObject({ type: 'error', code: 'prompt_too_long' });
    expect(answerCalls(upstream)).toHaveLength(3);
  });

  it('give way at the threshold that a context sets', async () => {
    const context = await begin({ compression: { strategy: 'recent_n', threshold: 0.4 } });
    await say(context, 'first', 'second');
    expect(names()).toEqual(['user second']);
  });
});

describe('results of tools that are too long by themselves', () => {
  it('are cut, with a note, and the turn goes on', async () => {
    const long = Array.from({ length: 2000 }, (_, line) => `Line ${line} of the story.`).join('\n');
    const workspace = makeFolder({ 'short.txt': 'The end.', 'long.txt': long });
    await server.restart({ PULLCORD_WORKSPACE_ROOTS: workspace, PULLCORD_TOOLS: 'read_file' });
    const context = await begin({ workspace_path: workspace });
    const calls = ['short.txt', 'long.txt'].map((path) => callOf(path, 'read_file', { path }));
    upstream.enqueue(answer('', { calls }), answer('A story.'));
    await context.exchange('What is in these files?');
    const results = lastPrompt(upstream).filter(({ role }) => role === 'tool');
    expect(results.map(({ tool_call_id }) => tool_call_id)).toEqual(['short.txt', 'long.txt']);
    expect(results[0]?.content).toContain('The end.');
    expect(results[1]?.content).toMatch(/Line 0 of the story[^]*characters are left out/);
    expect(tokensIn(answerCalls(upstream).at(-1)?.request as UpstreamRequest)).toBeLessThan(1600);
    const [, whole] = await context.messagesOf('tool_result');
    expect(JSON.stringify(whole?.data.result)).toContain('Line 1000 of the story.');
    expect((await context.answer()).data.content).toBe('A story.');
  });
});

describe('by hand', () => {
  it('all turns but the newest are summarized, though there is room', async () => {
    const context = await begin();
    await say(context, 'first', 'second');
    const accepted = await context.act('compress');
    expect(accepted.state).toEqual({ type: 'active', stage: 'optimizing_context' });
    expect(accepted.run_id).toMatch(/^[\da-f-]{36}$/);
    await context.settled();
    const [summary] = await context.messagesOf('summary');
    const messages = await context.messages();
    expect(summary?.data.covers).toEqual(messages.slice(0, 2).map(({ id }) => id));
    await say(context, 'third');
    expect(names()).toEqual([
      ...['system Summary of the conversation before', 'user second', 'assistant answer', 'user third'],
    ]);
  });

  it('nothing is added where nothing is old enough', async () => {
    const context = await begin();
    await say(context, 'first');
    await context.act('compress');
    await context.settled();
    expect(await context.messages()).toHaveLength(2);
    expect(summaryCalls(upstream)).toEqual([]);
  });

  it('a failure is noted, and the context is the user’s again', async () => {
    onSummary = refusal(400, 'No summaries today');
    const context = await begin();
    await say(context, 'first', 'second');
    await context.act('compress');
    expect(await context.settled()).toEqual({ type: 'awaiting_user', reason: 'input' });
    expect(await context.messagesOf('processing')).toHaveLength(1);
  });

  it('is refused in a context without a message, and while a run is under way', async () => {
    const context = await begin();
    const empty = await context.ask('compress');
    expect([empty.status, empty.body]).toMatchObject([422, { code: 'unprocessable' }]);
    upstream.enqueue(partial('Wait', hold));
    await context.send('first');
    await context.inState('streaming_response');
    const busy = await context.ask('compress');
    expect([busy.status, busy.body]).toMatchObject([409, { code: 'context_busy' }]);
    await context.act('cancel');
    expect((await context.whole()).allowed_actions).toContain('compress');
  });

  it('can be cancelled, and has changed nothing then', async () => {
    onSummary = partial('It', hold);
    const context = await begin();
    await say(context, 'first', 'second');
    const calls = upstream.calls.length;
    await context.act('compress');
    const call = await upstream.call(calls);
    await context.act('cancel');
    expect(await call.closedByClient).toBe(true);
    expect(await context.state()).toEqual({ type: 'awaiting_user', reason: 'input' });
    expect(await context.messages()).toHaveLength(4);
  });

  it('a message that waits behind it has its turn afterwards', async () => {
    onSummary = { ...answer('It snowed.'), pieces: [hold, ...(answer('It snowed.').pieces ?? [])] };
    const context = await begin();
    await say(context, 'first', 'second');
    const calls = upstream.calls.length;
    await context.act('compress');
    const call = await upstream.call(calls);
    await context.send(words('third'), { on_busy: 'queue' });
    call.release();
    await upstream.call(calls + 1);
    await context.settled();
    expect((await context.messages()).map(({ kind }) => kind).slice(4)).toEqual([
      ...['summary', 'text', 'streaming_response'],
    ]);
    expect(names()[0]).toBe('system Summary of the conversation before');
  });

  it('goes on after the server was killed in the middle of it', async () => {
    onSummary = partial('It', hold);
    const context = await begin();
    await say(context, 'first', 'second');
    const calls = upstream.calls.length;
    await context.act('compress');
    await upstream.call(calls);
    onSummary = answer('It snowed.');
    await server.restart({ PULLCORD_RUN_LEASE_MS: '1000' });
    await context.settled();
    expect(await context.messagesOf('summary')).toHaveLength(1);
    expect(await context.messages()).toHaveLength(5);
  });
});

describe('the limits of a summary', () => {
  it('are the calls that may be made for it: it covers what they have read, and the rest waits', async () => {
    await server.restart({ PULLCORD_COMPRESSION_MAX_CALLS: '1' });
    const context = await begin({ compression: { model: 'openai/short-reader' } });
    await say(context, 'first', 'second', 'third');
    expect(summaryCalls(upstream)).toHaveLength(1);
    const [summary] = await context.messagesOf('summary');
    expect(summary?.data.covers).toEqual((await context.messages()).slice(0, 2).map(({ id }) => id));
    expect(names()).toEqual([
      ...['system Summary of the conversation before', 'user second', 'assistant answer', 'user third'],
    ]);
  });

  it('are the time that it may take in all: then it is given up, and the turn goes on', async () => {
    await server.restart({ PULLCORD_COMPRESSION_TIMEOUT_MS: '50' });
    onSummary = partial('It', stall);
    const context = await begin();
    await say(context, 'first', 'second', 'third');
    expect((await context.messagesOf('processing'))[0]?.data.metadata.code).toBe('compression_timeout');
    expect(names()).toEqual(['user second', 'assistant answer', 'user third']);
    expect(await summaryCalls(upstream)[0]?.closedByClient).toBe(true);
  });
});
