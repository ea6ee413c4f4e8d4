// Upstreams that do what no upstream should: whatever comes, the run ends, the rest goes on, and nothing is wrong.
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ContextClient, startServerOn } from '../support/context-client.js';
import { findingsIn } from '../support/copies.js';
import {
  answer,
  chunk,
  die,
  errorEvent,
  FakeUpstream,
  garbage,
  partial,
  raw,
  refusal,
  reset,
  stall,
  type Piece,
  type Plan,
} from '../support/fake-upstream.js';
import { note, patience, sized } from '../support/scale.js';
import type { TestServer } from '../support/server.js';

const usersTurn = { type: 'awaiting_user', reason: 'input' };

let upstream: FakeUpstream;
let server: TestServer;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  server = await startServerOn(upstream, {
    PULLCORD_MODEL_FIRST_CHUNK_TIMEOUT_MS: '3000',
    PULLCORD_MODEL_IDLE_TIMEOUT_MS: '1000',
    PULLCORD_MODEL_MAX_ATTEMPTS: '2',
    PULLCORD_MODEL_RETRY_BASE_MS: '1',
    PULLCORD_MODEL_RETRY_MAX_MS: '2',
    PULLCORD_MAX_TOOL_DEPTH: '2',
    PULLCORD_MAX_ANSWER_BYTES: '16000000',
  });
});
afterAll(() => upstream.close());

const residentSet = (): number =>
  Number(execFileSync('ps', ['-o', 'rss=', '-p', String(server.pid)], { encoding: 'utf8' })) * 1024;

/** What the server does for one context while something is wrong with another. */
async function goesOn(): Promise<void> {
  const other = await ContextClient.begin(server, { model: 'scripted/fast' });
  await other.exchange('/echo Here.');
  expect(await other.transcript()).toEqual(['user: /echo Here.', 'assistant: Here.']);
}

it('10 MB in one event are an answer like any other', async () => {
  const text = '0123456789'.repeat(1_000_000);
  upstream.enqueue(answer(text));
  const context = await ContextClient.begin(server);
  await context.send('Tell me much.');
  await goesOn();
  expect(await context.settled()).toEqual(usersTurn);
  const { data, status } = await context.answer();
  expect({ status, isWhole: data.content === text }).toEqual({ status: 'complete', isWhole: true });
  expect((await context.chunks((await context.answer()).id)).map(({ delta }) => delta.length)).toEqual([
    text.length,
  ]);
});

it('an event that never ends is not read for ever', async () => {
  const endless = Array.from({ length: 60 }, () => raw('x'.repeat(1_000_000)));
  const call = upstream.call(upstream.calls.length);
  upstream.enqueue(partial('Well', raw('data: '), ...endless, stall));
  const before = residentSet();
  const context = await ContextClient.begin(server);
  await context.send('Tell me more.');
  expect(await context.settled()).toMatchObject({
    type: 'error',
    code: 'content_too_large',
    retryable: false,
  });
  await expect((await call).closedByClient).resolves.toBe(true);
  expect(residentSet() - before).toBeLessThan(300_000_000);
  expect((await context.answer()).data.content).toBe('Well');
  await goesOn();
});

it.each<[string, Plan]>([
  ['after its last event', { ...answer('All said.'), isLeftOpen: true }],
  [
    'and goes on after its last event',
    {
      ...answer('All said.'),
      pieces: [
        ...(answer('All said.').pieces ?? []),
        raw('data: [DONE]\n\n'),
        ...Array.from({ length: 50 }, () => chunk({ content: 'More!' })),
        stall,
      ],
    },
  ],
])('an upstream that never closes %s is not waited for', async (_, plan) => {
  upstream.enqueue(plan);
  const context = await ContextClient.begin(server);
  expect(await context.exchange('Say all.').then(() => context.state())).toEqual(usersTurn);
  expect(await context.transcript()).toEqual(['user: Say all.', 'assistant: All said.']);
});

it('a hundred upstreams that stall hold up nobody, and all of them are left when the users have had enough', async () => {
  const first = upstream.calls.length;
  upstream.enqueue(...Array.from({ length: 100 }, () => partial('Wait', stall)));
  const contexts = await Promise.all(Array.from({ length: 100 }, () => ContextClient.begin(server)));
  await Promise.all(contexts.map((context) => context.send('Hello?')));
  await goesOn();
  await Promise.all(contexts.map((context) => context.act('cancel')));
  const states = await Promise.all(contexts.map((context) => context.settled()));
  // Whoever was not cancelled in time was given up by then.
  for (const state of states) expect(['awaiting_user', 'error']).toContain(state.type);
  for (let at = first; at < first + 100; at++)
    expect(await (await upstream.call(at)).closedByClient).toBe(true);
});

/** Anything that may come over the wire of an upstream that has lost its mind. */
const anyPiece: fc.Arbitrary<Piece> = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'binary' }).map((content) => chunk({ content })) },
  fc.string({ unit: 'binary' }).map((reasoning_content) => chunk({ reasoning_content })),
  fc.string().map((reason) => chunk({}, reason)),
  fc.jsonValue().map((json): Piece => ({ type: 'event', json })),
  fc.jsonValue().map((content) => chunk({ content })),
  fc.jsonValue().map((tool_calls) => chunk({ tool_calls })),
  fc
    .record({ index: fc.integer({ min: -2, max: 2 }), id: fc.string(), name: fc.string(), args: fc.string() })
    .map(({ index, id, name, args }) =>
      chunk({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: args } }] }),
    ),
  fc.string().map((comment): Piece => ({ type: 'comment', comment: comment.replaceAll(/[\r\n]/g, '') })),
  fc.string({ unit: 'binary' }).map(raw),
  fc.constantFrom(
    garbage,
    die,
    stall,
    errorEvent('It broke.'),
    errorEvent('Too many.', 429),
    raw('data: [DONE]\n\n'),
  ),
);

const anyPlan: fc.Arbitrary<Plan> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      pieces: fc.array(anyPiece, { maxLength: 12 }),
      eol: fc.constantFrom('\n', '\r\n', '\r'),
      packing: fc.constantFrom<Plan['packing'][]>(1, 3, 'torn'),
      isDoneSent: fc.boolean(),
    }),
  },
  fc.record({
    whole: fc.record({
      status: fc.constantFrom(200, 204, 301, 400, 401, 404, 418, 429, 500, 503, 599),
      headers: fc.constantFrom<Record<string, string>[]>(
        {},
        { 'content-type': 'text/html' },
        { 'content-type': 'text/event-stream' },
      ),
      body: fc.oneof(fc.string({ unit: 'binary' }), fc.json()),
    }),
  }),
  fc.constantFrom(reset, refusal(429, 'Slow down.', { 'retry-after': 'soon' }), partial('Once', die)),
);

it(
  'whatever an upstream sends, every run ends, and nothing is wrong with what is kept of it',
  async () => {
    const runs = sized(60, 3_000);
    let ended = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(anyPlan, { minLength: 4, maxLength: 4 }), async (plans) => {
        let asked = 0;
        upstream.on(() => plans[asked++ % plans.length] ?? reset);
        const contexts = await Promise.all(plans.map(() => ContextClient.begin(server)));
        await Promise.all(contexts.map((context) => context.send('Go.')));
        for (const context of contexts) {
          const state = await context.settled();
          expect(JSON.stringify(state)).not.toMatch(/127\.0\.0\.1|node_modules|at \w+ \(/);
          ended++;
        }
        expect(server.logs.filter(({ level }) => level === 'error')).toEqual([]);
      }),
      { numRuns: runs / 4, endOnFailure: true, seed: sized(1_795_230_600, Date.now()) },
    );
    expect(await findingsIn(server)).toEqual([]);
    note(`upstreams that send anything: ${ended} answers, all ended`);
  },
  patience,
);
