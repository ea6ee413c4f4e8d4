// Answers that fail: what was streamed is kept, the state says why, and `retry` answers beside it, not over it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createContext, refusal as problemOf, refused } from '../support/api.js';
import { ContextClient, startServerOn, textOf, transitionsUntil } from '../support/context-client.js';
import {
  answer,
  die,
  errorEvent,
  FakeUpstream,
  garbage,
  partial,
  refusal,
  stall,
  type Plan,
} from '../support/fake-upstream.js';
import { caller } from '../support/http.js';
import type { TestServer } from '../support/server.js';

const usersTurn = { type: 'awaiting_user', reason: 'input' };
const maxBytes = 5_000;
let upstream: FakeUpstream;
let server: TestServer;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  server = await startServerOn(upstream, { PULLCORD_MAX_ANSWER_BYTES: String(maxBytes) });
});
afterAll(() => upstream.close());

/** A context whose only turn ended as the upstream was told to end it. */
async function failWith(...plans: readonly Plan[]): Promise<ContextClient> {
  upstream.enqueue(...plans);
  const context = await ContextClient.begin(server);
  await context.exchange('Tell me.');
  return context;
}

describe('an answer that breaks off', () => {
  it.each<[string, Plan, string]>([
    ['the upstream dies', partial(['Once ', 'upon'], die), 'upstream_protocol'],
    ['an error event comes', partial(['Once ', 'upon'], errorEvent('Overloaded.')), 'upstream_error'],
    ['what comes is no JSON', partial(['Once ', 'upon'], garbage), 'upstream_protocol'],
    ['the connection is closed without a word', partial(['Once ', 'upon']), 'upstream_protocol'],
  ])('because %s keeps its text, and the state says why', async (_, plan, code) => {
    const context = await failWith(plan);
    expect(await context.state()).toMatchObject({
      type: 'error',
      code,
      message: expect.stringMatching(/^The (provider|model) .*\.$/) as string,
      retryable: true,
    });
    const broken = await context.answer();
    expect(broken).toMatchObject({
      status: 'failed',
      data: { content: 'Once upon', final_sequence: 2, finish_reason: 'error' },
    });
    expect(textOf(await context.chunks(broken.id))).toBe('Once upon');
  });

  it('signals the failure by its code, without its message', async () => {
    upstream.enqueue(partial('Once', errorEvent('The secret reason.')));
    const context = await ContextClient.begin(server);
    const stream = await context.follow();
    await context.exchange('Tell me.');
    const { revision } = await context.whole();

    expect((await transitionsUntil(stream, revision)).at(-1)?.new_state).toEqual({
      type: 'error',
      code: 'upstream_error',
    });
    expect(await stream.nextSignal('message_completed')).toMatchObject({
      status: 'failed',
      final_sequence: 1,
    });
    expect(stream.raw).not.toContain('secret reason');
    stream.destroy();
  });

  it('lets the user write on', async () => {
    const context = await failWith(partial('Once', die), answer('Twice.'));
    expect((await context.whole()).allowed_actions).toEqual(
      expect.arrayContaining(['send_message', 'retry', 'edit_message']),
    );
    await context.exchange('Never mind.');
    expect(await context.transcript()).toEqual([
      'user: Tell me.',
      'assistant: Once',
      'user: Never mind.',
      'assistant: Twice.',
    ]);
    expect(await context.state()).toEqual(usersTurn);
  });
});

describe('retry', () => {
  it('puts its answer beside the broken one, on a new branch, which becomes the active one', async () => {
    const context = await failWith(partial('Once', die), answer('Once upon a time.'));
    const broken = await context.answer();
    const accepted = await context.act('retry');
    await context.settled();
    const { active_branch, branches } = await context.whole();

    expect(accepted).toMatchObject({ branch: active_branch, state: { type: 'active' } });
    expect(branches.map(({ id }) => id)).toEqual(['main', active_branch]);
    expect(await context.transcript()).toEqual(['user: Tell me.', 'assistant: Once upon a time.']);
    expect(await context.answer()).toMatchObject({ branch: active_branch, parent_id: broken.parent_id });
    expect(await context.messages('main')).toEqual([(await context.messages())[0], broken]);
    expect(textOf(await context.chunks(broken.id))).toBe('Once');
  });

  it('asks for the same as before: the broken answer is not shown to the model', async () => {
    const calls = upstream.calls.length;
    const context = await failWith(partial('Once', die), answer('Once upon a time.'));
    await context.act('retry');
    await context.settled();
    const [first, second] = upstream.calls.slice(calls).map(({ request }) => request.body);
    expect(second).toEqual(first);
  });

  it('needs no new branch when nothing had come', async () => {
    const context = await failWith(refusal(400, 'No.'), answer('Yes.'));
    const [question] = await context.messages();
    await context.act('retry');
    await context.settled();
    expect((await context.whole()).branches.map(({ id }) => id)).toEqual(['main']);
    expect(await context.messages()).toMatchObject([{ id: question?.id }, { data: { content: 'Yes.' } }]);
  });

  it('may fail again, and be tried again', async () => {
    const broken = partial('Once', die);
    const context = await failWith(broken, broken, answer('At last.'));
    await context.act('retry');
    expect(await context.settled()).toMatchObject({ type: 'error' });
    await context.act('retry');
    expect(await context.settled()).toEqual(usersTurn);
    expect((await context.whole()).branches).toHaveLength(3);
    expect(await context.transcript()).toEqual(['user: Tell me.', 'assistant: At last.']);
  });

  it('is refused where nobody has asked anything', async () => {
    const context = await ContextClient.begin(server);
    expect(refused(await context.ask('retry'))).toBe('409 nothing_to_retry');
    expect((await context.whole()).revision).toBe(1);
  });
});

describe('an answer that is too large', () => {
  it('ends in an error with what was kept of it, and the upstream is not read to its end', async () => {
    const called = upstream.call(upstream.calls.length);
    const context = await failWith({ ...partial(Array(2_000).fill('0123456789'), stall), packing: 10 });

    expect(await context.state()).toMatchObject({
      type: 'error',
      code: 'content_too_large',
      retryable: false,
      message: expect.stringContaining(String(maxBytes)) as string,
    });
    const kept = await context.answer();
    expect(kept).toMatchObject({ status: 'failed', data: { content: '0123456789'.repeat(maxBytes / 10) } });
    await expect((await called).closedByClient).resolves.toBe(true);
  });
});

describe('a model that nobody serves', () => {
  it('is refused before anything is written', async () => {
    const context = await ContextClient.begin(server);
    const before = await context.whole();
    const problem = problemOf(await context.ask('send_message', { content: 'Hi.', model: 'nobody/nothing' }));

    expect(problem).toMatchObject({ status: 422, code: 'unknown_model' });
    expect(problem.detail).toContain('scripted/default');
    expect(await context.whole()).toEqual(before);
    expect(await context.messages()).toEqual([]);
  });

  it('cannot be the model of a context either', async () => {
    const api = caller(server);
    const config = { model: 'nobody/nothing' };
    expect(refused(await api.post('/contexts', { config }))).toBe('422 unknown_model');
    const { id, revision } = await createContext(api);
    expect(refused(await api.patch(`/contexts/${id}`, { config }))).toBe('422 unknown_model');
    expect(await api.get(`/contexts/${id}`)).toMatchObject({ body: { revision, model: null } });
  });
});
