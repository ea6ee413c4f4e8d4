// When a call to the model is tried again by itself, and when never.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContextClient, startServerOn, transitionsUntil } from '../support/context-client.js';
import {
  answer,
  chunk,
  die,
  errorEvent,
  FakeUpstream,
  garbage,
  partial,
  refusal,
  reset,
  tooMany,
  type Plan,
} from '../support/fake-upstream.js';
import type { TestServer } from '../support/server.js';

let upstream: FakeUpstream;
let server: TestServer;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  server = await startServerOn(upstream, { PULLCORD_MODEL_MAX_ATTEMPTS: '3' });
});
afterAll(() => upstream.close());

/** Sends one message to an upstream that does this, and gives how often it was called until the turn was over. */
async function attempt(...plans: readonly Plan[]): Promise<{ context: ContextClient; calls: number }> {
  const before = upstream.calls.length;
  upstream.enqueue(...plans);
  const context = await ContextClient.begin(server);
  await context.exchange('Please answer.');
  return { context, calls: upstream.calls.length - before };
}

describe('before anything was streamed, a call is tried again', () => {
  const passing: Record<string, Plan> = {
    'an overload (429)': tooMany(),
    'a fault of the upstream (500)': refusal(500, 'Oops.'),
    'a gateway without an upstream (503)': refusal(503, 'Later.'),
    'a connection that is reset': reset,
    'a stream that dies before its first word': partial([], die),
    'an error event before the first word': partial([], errorEvent('Overloaded.')),
    'garbage before the first word': partial([], garbage),
  };

  it.each(Object.entries(passing))('after %s', async (_, fault) => {
    const { context, calls } = await attempt(fault, fault, answer('Here I am.'));
    expect(calls).toBe(3);
    expect(await context.transcript()).toEqual(['user: Please answer.', 'assistant: Here I am.']);
    expect(await context.answer()).toMatchObject({ status: 'complete' });
  });

  it('no sooner than Retry-After says', async () => {
    const began = performance.now();
    const { context } = await attempt(tooMany('1'), answer('Rested.'));
    expect(performance.now() - began).toBeGreaterThanOrEqual(1000);
    expect((await context.answer()).data.content).toBe('Rested.');
  });

  it('but not after a wait that nobody would wait', async () => {
    const { context, calls } = await attempt(tooMany('3600'));
    expect(calls).toBe(1);
    expect(await context.state()).toMatchObject({ type: 'error', code: 'rate_limited', retryable: true });
  });

  it('so often and no more', async () => {
    const no = refusal(500, 'Oops.');
    const { context, calls } = await attempt(no, no, no);
    expect(calls).toBe(3);
    expect(await context.state()).toMatchObject({ type: 'error', code: 'upstream_error', retryable: true });
    expect(await context.transcript()).toEqual(['user: Please answer.']);
  });

  it('but not when it would be refused again', async () => {
    const { context, calls } = await attempt(refusal(400, 'No such parameter.'));
    expect(calls).toBe(1);
    expect(await context.state()).toMatchObject({
      type: 'error',
      code: 'upstream_rejected',
      message: 'The provider "openai" refused the request (400): No such parameter.',
      retryable: false,
    });
  });
});

describe('each attempt', () => {
  it('shows as a state of its own, with its number and its request', async () => {
    const context = await ContextClient.begin(server);
    const stream = await context.follow();
    upstream.enqueue(refusal(500, 'Oops.'), refusal(500, 'Oops.'), { headersAfterMs: 3_600_000 });
    const called = upstream.call(upstream.calls.length + 2);
    await context.send('Please answer.');
    await called;

    const state = await context.inState('awaiting_llm');
    expect(state.attempt).toBe(3);
    const { revision } = await context.act('cancel');
    const requests = (await transitionsUntil(stream, revision))
      .map(({ new_state }) => new_state)
      .filter(({ type }) => type === 'awaiting_llm')
      .map(({ request_id }) => request_id);
    expect(new Set(requests).size).toBe(3);
    expect(requests[2]).toBe(state.request_id);
    stream.destroy();
  });

  it('asks for the same thing', async () => {
    const before = upstream.calls.length;
    await attempt(refusal(500, 'Oops.'), answer('Fine.'));
    const [first, second] = upstream.calls.slice(before).map(({ request }) => request.body);
    expect(second).toEqual(first);
  });
});

describe('once something was streamed, a call is never tried again', () => {
  const begun = { index: 0, id: 'call_1', type: 'function', function: { name: 'clock', arguments: '{"zo' } };

  it.each<[string, Plan]>([
    ['text', partial('Once upon a', die)],
    ['reasoning', partial([], chunk({ reasoning_content: 'Well' }), die)],
    ['a piece of a tool call', partial([], chunk({ tool_calls: [begun] }), die)],
  ])('be it %s', async (_, fault) => {
    const { context, calls } = await attempt(fault);
    expect(calls).toBe(1);
    expect(await context.state()).toMatchObject({
      type: 'error',
      code: 'upstream_protocol',
      retryable: true,
    });
    expect(await context.answer()).toMatchObject({ status: 'failed', data: { finish_reason: 'error' } });
  });
});
