// Titles: made by the model beside whatever else goes on, and made in any case.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refused } from '../support/api.js';
import { ContextClient, startServerOn } from '../support/context-client.js';
import { answer, die, FakeUpstream, partial, refusal, stall, type Plan } from '../support/fake-upstream.js';
import type { TestServer } from '../support/server.js';
import { until } from '../support/until.js';

let upstream: FakeUpstream;
let server: TestServer;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  // On PostgreSQL a killed server's runs are taken over only when its lease has lapsed.
  server = await startServerOn(upstream, { PULLCORD_RUN_LEASE_MS: '500' });
});
afterAll(() => upstream.close());

const titleOf = async (context: ContextClient): Promise<string> =>
  until(async () => (await context.whole()).title, { what: 'a title' });

/** A context with one exchange, whose title the upstream makes like this. */
async function titled(...plans: readonly Plan[]): Promise<ContextClient> {
  upstream.enqueue(answer('A promise that lapses.'));
  const context = await ContextClient.begin(server);
  await context.exchange('What is a lease?');
  upstream.enqueue(...plans);
  await context.act('generate_title');
  return context;
}

describe('generate_title', () => {
  it('asks the model, and shows the title with a signal that names the field', async () => {
    upstream.enqueue(answer('A promise that lapses.'), answer(['“Leases ', 'explained.”\n', 'More']));
    const context = await ContextClient.begin(server);
    await context.exchange('What is a lease?');
    const stream = await context.follow();
    const called = upstream.call(upstream.calls.length);
    const before = await context.whole();
    const accepted = await context.act('generate_title');
    const signal = await stream.nextSignal('context_updated');

    expect(accepted).toMatchObject({ run_id: expect.any(String) as string, state: before.state });
    expect(signal).toMatchObject({ changed: ['title'], revision: before.revision + 1 });
    expect(await context.whole()).toMatchObject({ title: 'Leases explained', revision: signal.revision });
    expect(stream.raw).not.toContain('Leases');
    // It is shown the conversation, which stays as it was.
    expect(JSON.stringify((await called).request.body)).toContain('A promise that lapses.');
    expect(await context.transcript()).toEqual([
      'user: What is a lease?',
      'assistant: A promise that lapses.',
    ]);
    stream.destroy();
  });

  it('moves no state, and goes on beside an answer', async () => {
    upstream.enqueue(partial('Let me', stall), answer('Patience'));
    const context = await ContextClient.begin(server);
    await context.send('Explain patience.');
    await context.streaming('Let me');
    await context.act('generate_title');

    expect(await titleOf(context)).toBe('Patience');
    expect(await context.state()).toMatchObject({ type: 'streaming_response' });
    await context.act('cancel');
    expect((await context.whole()).title).toBe('Patience');
  });

  it.each<[string, Plan]>([
    ['refuses', refusal(400, 'No.')],
    ['is not there', refusal(503, 'Later.')],
    ['breaks off in the middle of it', partial('Leases exp', die)],
    ['says nothing', answer([])],
  ])('takes the first message when the model %s', async (_, plan) => {
    expect(await titleOf(await titled(plan))).toBe('What is a lease?');
  });

  it('is not held up by a model that goes on and on', async () => {
    const called = upstream.call(upstream.calls.length + 1);
    const context = await titled({ ...partial(Array(2000).fill('word '), stall) });
    const title = await titleOf(context);
    expect(title).toMatch(/^(word )+word…$/);
    expect([...title].length).toBeLessThanOrEqual(80);
    await expect((await called).closedByClient).resolves.toBe(true);
  });

  it('is made after a restart when the server was killed in the middle of it', async () => {
    const called = upstream.call(upstream.calls.length + 1);
    const context = await titled({ headersAfterMs: 3_600_000 });
    await called;
    upstream.enqueue(answer('Made after all'));
    await server.restart();

    expect(await titleOf(context)).toBe('Made after all');
    expect(await context.state()).toEqual({ type: 'awaiting_user', reason: 'input' });
    expect(await context.transcript()).toEqual([
      'user: What is a lease?',
      'assistant: A promise that lapses.',
    ]);
  });

  it('can be cancelled by its run, and then nothing is titled', async () => {
    const called = upstream.call(upstream.calls.length + 1);
    upstream.enqueue(answer('A promise that lapses.'), { headersAfterMs: 3_600_000 });
    const context = await ContextClient.begin(server);
    await context.exchange('What is a lease?');
    const { run_id } = await context.act('generate_title');
    const { closedByClient } = await called;
    expect(await context.act('cancel', { run_id })).toMatchObject({ run_id });
    await expect(closedByClient).resolves.toBe(true);
    expect((await context.whole()).title).toBeNull();
  });

  it('is refused where there is nothing to name', async () => {
    const context = await ContextClient.begin(server);
    expect(refused(await context.ask('generate_title'))).toBe('422 unprocessable');
  });
});
