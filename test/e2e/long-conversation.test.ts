// Four hundred turns with a model that takes four thousand tokens: what it is really sent, every single time.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Message } from '../../src/messages/message-kinds.js';
import type { MessagePage } from '../support/api.js';
import { ContextClient, startServerOn } from '../support/context-client.js';
import { answer, FakeUpstream, type Plan, type UpstreamRequest } from '../support/fake-upstream.js';
import { askTime } from '../support/model-calls.js';
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

const window = 4096;
const turns = 400;
/** In these turns the model calls tools: two calls, then one more, before it answers. */
const callsTools = (turn: number): boolean => turn % 8 === 3;
/** And in these the user says what must never be lost. */
const factIn = (turn: number): string | undefined =>
  turn % 80 === 5 ? `The code of the ${turn}th door is ${turn * 7919}.` : undefined;

const story =
  'The lamp on the pier is lit at dusk, and the keeper writes down each ship that he sees. '.repeat(3);

let upstream: FakeUpstream;
let server: TestServer;
let calls = 0;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  upstream.on(plan);
  server = await startServerOn(upstream, {
    PULLCORD_MODELS: JSON.stringify({ 'openai/gpt-4o-mini': { context_window: window } }),
    PULLCORD_MODEL_ANSWER_TOKENS: '600',
    PULLCORD_TOOLS: 'current_time',
    PULLCORD_TOOL_POLICY: 'auto_approve',
  });
});
afterAll(() => upstream.close());

function plan(request: UpstreamRequest): Plan {
  if (isSummaryRequest(request)) return answer('They spoke of lamps, piers and ships. '.repeat(20));
  const sent = messagesIn(request);
  const last = sent.findLastIndex(({ role }) => role === 'user');
  const rounds = sent.slice(last).filter(({ role, tool_calls }) => role === 'assistant' && tool_calls).length;
  const number = Number(/^Turn (\d+)/.exec(sent[last]?.content ?? '')?.[1]);
  if (!callsTools(number) || rounds >= 2) return answer(`Answer ${number}. ${story}`);
  const ids = rounds === 0 ? [`call_${++calls}`, `call_${++calls}`] : [`call_${++calls}`];
  return answer('', { calls: ids.map(askTime) });
}

it(
  'stays under its window, has every pinned fact in it, and no result of a tool without its call',
  { timeout: 300_000 },
  async () => {
    const context = await ContextClient.begin(server, { system_prompt: 'You keep the logbook.' });
    const facts: string[] = [];
    for (let turn = 1; turn <= turns; turn++) {
      const fact = factIn(turn);
      const { message_id } = await context.exchange(`Turn ${turn}. ${fact ?? story}`);
      const sent = lastPrompt(upstream);
      for (const one of facts)
        expect(
          sent.some(({ content }) => content?.includes(one)),
          one,
        ).toBe(true);
      if (fact === undefined) continue;
      facts.push(fact);
      await context.pin(message_id);
    }
    expect(await context.state()).toEqual({ type: 'awaiting_user', reason: 'input' });
    for (const { request } of upstream.calls) {
      expect(tokensIn(request)).toBeLessThan(window - 600);
      expect(orphansIn(request)).toEqual([]);
    }
    for (const { request } of answerCalls(upstream)) {
      const [first, ...rest] = messagesIn(request);
      expect(first?.content).toContain('You keep the logbook.');
      expect(rest.some(({ content }) => /^Turn \d+/.test(content ?? ''))).toBe(true);
    }
    expect(facts).toHaveLength(5);
    expect(summaryCalls(upstream).length).toBeGreaterThan(10);
    // A summary makes room for several turns: the model is not asked for one before each answer.
    expect(summaryCalls(upstream).length).toBeLessThan(turns / 3);
    const said = await everyMessage(context);
    expect(said.filter(({ kind }) => kind === 'text')).toHaveLength(turns);
    expect(said.filter(({ kind }) => kind === 'summary').length).toBeGreaterThan(10);
    expect(said.filter(({ kind }) => kind === 'processing')).toEqual([]);
  },
);

async function everyMessage(context: ContextClient): Promise<readonly Message[]> {
  const messages: Message[] = [];
  for (let hasMore = true; hasMore;) {
    const before = messages[0] ? `&before=${messages[0].id}` : '';
    const page = await context.get<MessagePage>(`/messages?limit=200${before}`);
    messages.unshift(...page.messages);
    hasMore = page.has_more;
  }
  return messages;
}
