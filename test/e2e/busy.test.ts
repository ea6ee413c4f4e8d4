// A second message while the first is being answered: refused, queued or let through, but never met with silence.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { refusal as problemOf, refused } from '../support/api.js';
import { ContextClient, startServerOn } from '../support/context-client.js';
import { answer, FakeUpstream, partial, stall } from '../support/fake-upstream.js';
import type { TestServer } from '../support/server.js';

let upstream: FakeUpstream;
let server: TestServer;
let context: ContextClient;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  server = await startServerOn(upstream, { PULLCORD_MAX_QUEUED_MESSAGES: '2' });
});
beforeEach(async () => {
  context = await ContextClient.begin(server);
});
afterAll(() => upstream.close());

/** A run that goes on until it is ended. */
async function keepBusy(text = 'Busy'): Promise<void> {
  upstream.enqueue(partial(text, stall));
  await context.send('First.');
  await context.streaming(text);
}

describe('on_busy "reject", the default', () => {
  it('lets one of two clients that send at once through, and tells the other why not', async () => {
    upstream.enqueue(partial('Busy', stall));
    const send = (content: string) => context.ask('send_message', { content });
    const [one, two] = await Promise.all([send('One.'), send('Two.')]);
    const [accepted, rejected] = one.status === 202 ? [one, two] : [two, one];

    expect([accepted.status, rejected.status]).toEqual([202, 409]);
    expect(problemOf(rejected)).toMatchObject({
      code: 'context_busy',
      state: { type: expect.stringMatching(/^(active|awaiting_llm|streaming_response)$/) as string },
      allowed_actions: ['cancel', 'switch_branch', 'generate_title'],
    });
    const users = (await context.messages()).filter(({ role }) => role === 'user');
    expect(users.map(({ id }) => id)).toEqual([accepted.body.message_id]);
    // Else the plan would be left to the next test.
    await context.streaming('Busy');
    await context.act('cancel');
  });

  it('changes nothing of the run that is under way', async () => {
    await keepBusy();
    const before = await context.whole();
    const problem = problemOf(await context.ask('send_message', { content: 'Second.', on_busy: 'reject' }));

    expect(problem).toMatchObject({ code: 'context_busy', state: { type: 'streaming_response' } });
    expect(await context.whole()).toEqual(before);
    await context.act('cancel');
  });

  it('holds for every command that would begin a turn or write into this one', async () => {
    await keepBusy();
    const [first] = await context.messages();
    const payload = { kind: 'text', data: { content: 'Aside.' } };
    expect(refused(await context.ask('retry'))).toBe('409 context_busy');
    expect(refused(await context.ask('append_message', { payload, role: 'user' }))).toBe('409 context_busy');
    expect(refused(await context.ask('edit_message', { message_id: first?.id, content: 'Else.' }))).toBe(
      '409 context_busy',
    );
    expect(refused(await context.ask('archive'))).toBe('409 illegal_transition');
    await context.act('cancel');
  });
});

describe('on_busy "queue"', () => {
  it('answers both, in the order in which they came', async () => {
    upstream.enqueue(answer(['The ', 'first.'], { paceMs: 5 }), answer('The second.'), answer('The third.'));
    const calls = upstream.calls.length;
    const first = await context.send('One.');
    const second = await context.send('Two.', { on_busy: 'queue' });
    const third = await context.send('Three.', { on_busy: 'queue' });
    await (
      await upstream.call(calls + 2)
    ).closedByClient;
    await context.settled();

    expect(await context.transcript()).toEqual([
      'user: One.',
      'assistant: The first.',
      'user: Two.',
      'assistant: The second.',
      'user: Three.',
      'assistant: The third.',
    ]);
    const messages = await context.messages();
    expect([messages[0]?.id, messages[2]?.id, messages[4]?.id]).toEqual(
      [first, second, third].map(({ message_id }) => message_id),
    );
    expect([messages[1], messages[3], messages[5]].map((message) => message?.metadata.run_id)).toEqual(
      [first, second, third].map(({ run_id }) => run_id),
    );
    // The model is shown the second message together with the first answer.
    expect((await upstream.call(calls + 1)).request.body['messages']).toEqual([
      { role: 'user', content: 'One.' },
      { role: 'assistant', content: 'The first.' },
      { role: 'user', content: 'Two.' },
    ]);
  });

  it('shows a queued message only when its turn has come', async () => {
    await keepBusy();
    const { message_id } = await context.send('Later.', { on_busy: 'queue' });
    expect((await context.messages()).map(({ id }) => id)).not.toContain(message_id);
    upstream.enqueue(answer('Now.'));
    await context.act('cancel');
    await context.settled();
    expect(await context.transcript()).toEqual([
      'user: First.',
      'assistant: Busy',
      'user: Later.',
      'assistant: Now.',
    ]);
  });

  it('takes so many and no more', async () => {
    await keepBusy();
    await context.send('Second.', { on_busy: 'queue' });
    await context.send('Third.', { on_busy: 'queue' });
    const full = await context.ask('send_message', { content: 'Fourth.', on_busy: 'queue' });

    expect(refused(full)).toBe('429 too_many_requests');
    expect(Number(full.headers.get('retry-after'))).toBeGreaterThan(0);
    upstream.enqueue(answer('2'), answer('3'));
    const calls = upstream.calls.length;
    await context.act('cancel');
    await (
      await upstream.call(calls + 1)
    ).closedByClient;
    await context.settled();
    expect(await context.transcript()).toEqual([
      'user: First.',
      'assistant: Busy',
      'user: Second.',
      'assistant: 2',
      'user: Third.',
      'assistant: 3',
    ]);
  });

  it('sends at once what finds nobody before it', async () => {
    upstream.enqueue(answer('At once.'));
    await context.exchange('First.', { on_busy: 'queue' });
    expect((await context.answer()).data.content).toBe('At once.');
  });

  it('answers a message even when the run before it fails', async () => {
    const calls = upstream.calls.length;
    await keepBusy('Half an ans');
    await context.send('And this?', { on_busy: 'queue' });
    upstream.enqueue(answer('Still here.'));
    (await upstream.call(calls)).cut();
    await (
      await upstream.call(calls + 1)
    ).closedByClient;
    await context.settled();

    expect(await context.transcript()).toEqual([
      'user: First.',
      'assistant: Half an ans',
      'user: And this?',
      'assistant: Still here.',
    ]);
    expect((await context.messages())[1]).toMatchObject({ status: 'failed' });
    expect(await context.state()).toEqual({ type: 'awaiting_user', reason: 'input' });
  });

  it('lets go of a message whose run is cancelled by its id, and of nothing else', async () => {
    await keepBusy();
    const second = await context.send('Second.', { on_busy: 'queue' });
    await context.send('Third.', { on_busy: 'queue' });
    const cancelled = await context.act('cancel', { run_id: second.run_id });
    expect(cancelled).toMatchObject({ run_id: second.run_id, state: { type: 'streaming_response' } });

    upstream.enqueue(answer('3'));
    await context.act('cancel');
    await context.settled();
    expect(await context.transcript()).toEqual([
      'user: First.',
      'assistant: Busy',
      'user: Third.',
      'assistant: 3',
    ]);
  });
});

describe('on_busy "interrupt"', () => {
  it('cancels the first with its text kept, and answers the second', async () => {
    upstream.enqueue(partial('Half an answer', stall), answer('A whole one.'));
    const calls = upstream.calls.length;
    await context.send('First.');
    const messageId = await context.streaming('Half an answer');
    const second = await context.send('Second.', { on_busy: 'interrupt' });

    expect(second.state).toMatchObject({ type: 'active' });
    await expect((await upstream.call(calls)).closedByClient).resolves.toBe(true);
    await context.settled();
    expect(await context.transcript()).toEqual([
      'user: First.',
      'assistant: Half an answer',
      'user: Second.',
      'assistant: A whole one.',
    ]);
    expect((await context.messages()).map(({ status }) => status)).toEqual([
      'complete',
      'cancelled',
      'complete',
      'complete',
    ]);
    expect((await context.messages())[1]).toMatchObject({ id: messageId, data: { final_sequence: 1 } });
  });

  it('passes those who wait, and leaves them to wait', async () => {
    await keepBusy();
    await context.send('Queued.', { on_busy: 'queue' });
    upstream.enqueue(answer('To the urgent one.'), answer('To the queued one.'));
    const calls = upstream.calls.length;
    await context.send('Urgent!', { on_busy: 'interrupt' });
    await (
      await upstream.call(calls + 1)
    ).closedByClient;
    await context.settled();

    expect((await context.transcript()).slice(2)).toEqual([
      'user: Urgent!',
      'assistant: To the urgent one.',
      'user: Queued.',
      'assistant: To the queued one.',
    ]);
  });

  it('sends at once what finds nothing to interrupt', async () => {
    upstream.enqueue(answer('Here.'));
    await context.exchange('Anyone?', { on_busy: 'interrupt' });
    expect((await context.answer()).data.content).toBe('Here.');
  });
});
