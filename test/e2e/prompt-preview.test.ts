// What the preview says of a prompt, held against what the model is then sent.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PromptPreview } from '../../src/runs/preview/dto/prompt-preview.js';
import { ContextClient, startServerOn } from '../support/context-client.js';
import { answer, FakeUpstream } from '../support/fake-upstream.js';
import { caller } from '../support/http.js';
import { askTime } from '../support/model-calls.js';
import { isSummaryRequest, lastPrompt, summaryCalls, tokensIn } from '../support/prompts.js';
import type { TestServer } from '../support/server.js';

/** 300 tokens each. Of 1,800 a request may have 1,440 before older turns give way, and 1,600 at most. */
const words = (name: string): string => `${name}: ${'snow '.repeat(290)}`;

let upstream: FakeUpstream;
let server: TestServer;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  upstream.on((request) => answer(isSummaryRequest(request) ? 'It snowed.' : words('answer')));
  server = await startServerOn(upstream, {
    PULLCORD_MODELS: JSON.stringify({
      'openai/gpt-4o-mini': { context_window: 1800 },
      'openai/other': { context_window: 100_000, tokenizer: 'estimate' },
    }),
    PULLCORD_MODEL_ANSWER_TOKENS: '200',
    PULLCORD_COMPRESSION_KEEP_TURNS: '1',
    PULLCORD_COMPRESSION_SUMMARY_TOKENS: '100',
    PULLCORD_TOOLS: 'current_time',
    PULLCORD_TOOL_POLICY: 'auto_approve',
  });
});
afterAll(() => upstream.close());

const previewOf = (context: ContextClient, query = ''): Promise<PromptPreview> =>
  context.get(`/prompt_preview${query}`);

const reasonsIn = ({ messages }: PromptPreview): readonly string[] =>
  messages.map(({ kind, reason }) => `${kind} ${reason}`);

async function talk(config: Record<string, unknown>, ...turns: readonly string[]): Promise<ContextClient> {
  const context = await ContextClient.begin(server, config);
  for (const turn of turns) await context.exchange(words(turn));
  return context;
}

it('counts every message, and what is sent next is what it had, with the question behind it', async () => {
  const context = await talk({ system_prompt: 'Be brief.' }, 'first');
  const preview = await previewOf(context);
  const [question, reply] = await context.messages();
  expect(preview).toMatchObject({ branch: 'main', model: 'openai/gpt-4o-mini', strategy: 'summarize' });
  expect(preview).toMatchObject({ window: 1800, budget: 1600, limit: 1440, tokenizer: 'o200k_base' });
  expect(preview).toMatchObject({ is_summary_due: false, problem: null });
  expect(preview.messages.map(({ message_id }) => message_id)).toEqual([null, question?.id, reply?.id]);
  expect(reasonsIn(preview)).toEqual(['system_prompt system', 'text recent', 'streaming_response recent']);
  const counted = preview.messages.reduce((sum, { tokens }) => sum + tokens, preview.tool_tokens);
  expect(preview.total_tokens).toBe(counted);
  await context.exchange('Go on');
  expect(lastPrompt(upstream).map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
  const sent = tokensIn(
    (upstream.calls.at(-1) ?? { request: { method: '', path: '', headers: {}, body: {} } }).request,
  );
  expect(preview.total_tokens - preview.tool_tokens).toBeGreaterThanOrEqual(sent - 2);
  expect(preview.total_tokens - preview.tool_tokens).toBeLessThan(sent + 40);
});

it('says what is about to be summarized, and asks no model for it', async () => {
  const context = await talk({}, 'first', 'second');
  await context.act('append_message', {
    role: 'user',
    payload: { kind: 'text', data: { content: words('third') } },
  });
  const before = upstream.calls.length;
  const preview = await previewOf(context);
  expect(upstream.calls.length).toBe(before);
  expect(preview.is_summary_due).toBe(true);
  expect(reasonsIn(preview)).toEqual([
    'text recent',
    ...['text to_be_summarized', 'streaming_response to_be_summarized'],
    ...['text to_be_summarized', 'streaming_response to_be_summarized'],
  ]);
  expect((await context.messages()).map(({ kind }) => kind)).not.toContain('summary');
});

it('names the summary, what it covers, and what no model is ever sent', async () => {
  const context = await talk({}, 'first', 'second');
  await context.act('compress');
  await context.settled();
  expect(summaryCalls(upstream).length).toBeGreaterThan(0);
  await context.act('append_message', {
    role: 'system',
    payload: { kind: 'system_control', data: { control_type: 'custom', parameters: {} } },
  });
  const preview = await previewOf(context);
  expect(reasonsIn(preview)).toEqual([
    ...['summary summary', 'text recent', 'streaming_response recent'],
    ...['text covered', 'streaming_response covered', 'system_control not_for_models'],
  ]);
  for (const { included, tokens } of preview.messages.slice(3))
    expect([included, tokens]).toEqual([false, 0]);
});

it('keeps what is pinned, also once it is covered', async () => {
  const context = await talk({}, 'first', 'second');
  const [first] = await context.messages();
  await context.act('compress');
  await context.settled();
  await context.pin(first?.id ?? '');
  const preview = await previewOf(context);
  const pinned = preview.messages.find(({ message_id }) => message_id === first?.id);
  expect(pinned).toMatchObject({ included: true, reason: 'pinned' });
  await context.exchange('Go on');
  expect(lastPrompt(upstream).map(({ content }) => content?.split(':')[0])).toEqual([
    ...['Summary of the conversation before', 'first', 'second', 'answer', 'Go on'],
  ]);
});

it('has a call of a tool and each of its results by itself', async () => {
  const context = await ContextClient.begin(server);
  upstream.enqueue(answer('', { calls: [askTime('a'), askTime('b')] }), answer('Noon.'));
  await context.exchange('What time is it?');
  const kinds = (await previewOf(context)).messages
    .filter(({ included }) => included)
    .map(({ kind }) => kind);
  expect(kinds).toEqual(['text', 'tool_request', 'tool_result', 'tool_result', 'streaming_response']);
});

it('says what is left out, and what is wrong', async () => {
  const recent = await talk({ compression: { strategy: 'recent_n' } }, 'first', 'second', 'third');
  expect(reasonsIn(await previewOf(recent))).toContain('text left_out');
  const none = await talk({ compression: { strategy: 'none' } }, 'first', 'second', 'third', 'fourth');
  const { problem, messages } = await previewOf(none);
  expect(problem).toMatchObject({ code: 'prompt_too_long' });
  expect(messages.every(({ tokens }) => tokens > 0)).toBe(true);
});

it('is of another branch and for another model where it is asked for them', async () => {
  const context = await talk({}, 'first');
  await context.act('edit_message', {
    message_id: (await context.messages())[0]?.id,
    content: 'Other words',
  });
  await context.settled();
  const preview = await previewOf(context, '?branch=main&model=openai/other');
  expect(preview).toMatchObject({
    branch: 'main',
    model: 'openai/other',
    tokenizer: 'estimate',
    window: 100_000,
  });
  expect(preview.messages.map(({ message_id }) => message_id)).toEqual(
    (await context.messages('main')).map(({ id }) => id),
  );
});

describe('is refused', () => {
  it.each([
    ['for a branch that is not there', '?branch=none', '404 branch_not_found'],
    ['for a model that is not there', '?model=nobody/x', '422 unknown_model'],
  ])('%s', async (_, query, problem) => {
    const context = await talk({});
    const refusal = await caller(server).get<{ code: string }>(`${context.path}/prompt_preview${query}`);
    expect(`${refusal.status} ${refusal.body.code}`).toBe(problem);
  });
});
