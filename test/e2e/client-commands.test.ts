// Commands of the client library: what was sent is shown at once, arrives once, and never twice.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PullcordError, type ContextView } from '@pullcord/client';
import { caller } from '../support/http.js';
import { ContextClient, startServerOn } from '../support/context-client.js';
import { answer, FakeUpstream, partial, stall } from '../support/fake-upstream.js';
import { LiveClient, textsOf, type FollowedViews } from '../support/live-client.js';
import { asksApproval, callOf } from '../support/model-calls.js';
import type { TestServer } from '../support/server.js';

let upstream: FakeUpstream;
let server: TestServer;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  server = await startServerOn(upstream);
});
afterAll(() => upstream.close());

/** A context that is followed, and the same on another device. */
async function begin(config: Record<string, unknown> = {}) {
  const other = await ContextClient.begin(server, config);
  const client = new LiveClient(server);
  const followed = client.follow(other.id);
  await followed.sees('a context', ({ status }) => status === 'ready');
  return { client, followed, context: followed.context, other };
}

/** What is shown of what was sent in each view: as outgoing, as a message, never both. */
const placesOf = ({ views }: FollowedViews, text: string): string[] => {
  const placed = views.map((view: ContextView) => [
    ...view.outgoing.filter(({ content }) => content === text).map(({ status }) => status),
    ...view.messages.filter((message) => message.text === text).map(() => 'there'),
  ]);
  const places = placed.map((all) => all.join('+'));
  return places.filter((place, at) => place !== '' && place !== places[at - 1]);
};

const problemOf = async (command: Promise<unknown>): Promise<unknown> => {
  const error: unknown = await command.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof PullcordError ? error.problem : error;
};

describe('sending', () => {
  it('shows the message at once, then where it is, and then the message itself', async () => {
    upstream.enqueue(answer(['Hello ', 'you.']));
    const { followed, context } = await begin();
    const sent = context.send('Hello?');
    expect(followed.view.outgoing).toMatchObject([{ content: 'Hello?', status: 'sending' }]);
    const { message_id } = await sent;
    await followed.shows('Hello?', 'Hello you.');
    const [first] = (await followed.settles()).messages;
    expect(first?.message.id).toBe(message_id);
    expect(['sending,accepted,there', 'sending,there']).toContain(placesOf(followed, 'Hello?').join());
    followed.expectOnlyPrefixes();
  });

  it('carries it out once when the answer is lost, and knows the message again before it has an answer', async () => {
    upstream.enqueue(answer(['Once.']));
    const { client, followed, context } = await begin();
    let lost = 0;
    client.between = async (request, pass) => {
      const answered = await pass();
      if (!request.url.endsWith('/send_message') || lost++ === 2) return answered;
      await followed.sees('the message', ({ messages }) => messages.length > 0);
      throw new TypeError('the connection was reset');
    };
    await context.send('Only once');
    await followed.shows('Only once', 'Once.');
    expect(lost).toBe(3);
    expect(placesOf(followed, 'Only once').join()).toBe('sending,there');
    expect(followed.view.messages.length).toBe(2);
  });

  it('tells why it was refused, keeps the message, and sends it again under the same key', async () => {
    upstream.enqueue(partial(['Wait'], stall));
    const { followed, context, other } = await begin();
    await context.send('First');
    await followed.shows('First', 'Wait');
    expect(await problemOf(context.send('Second'))).toMatchObject({ code: 'context_busy', status: 409 });
    const [failed] = followed.view.outgoing;
    expect(failed).toMatchObject({ content: 'Second', status: 'failed', problem: { code: 'context_busy' } });

    await other.act('cancel');
    await followed.sees('the end of the turn', (view) => view.allowedActions.includes('send_message'));
    upstream.enqueue(answer(['Now.']));
    await context.resend(failed?.key ?? '');
    await followed.shows('First', 'Wait', 'Second', 'Now.');
    expect(followed.view.outgoing).toEqual([]);
    await expect(context.resend(failed?.key ?? '')).rejects.toThrow(RangeError);
  });

  it('gives up after a while, and a message that is discarded is gone', async () => {
    const { client, followed, context } = await begin();
    client.between = (request, pass) =>
      request.method === 'POST' ? Promise.reject(new TypeError('no network')) : pass();
    expect(await problemOf(context.send('Lost'))).toMatchObject({ code: 'network_error', status: 0 });
    const tries = client.requests.filter((request) => request.startsWith('POST')).length;
    expect(tries).toBe(8);
    context.discard(followed.view.outgoing[0]?.key ?? '');
    expect(followed.view.outgoing).toEqual([]);
    expect(followed.view.messages).toEqual([]);
  });

  it('shows one that waits behind a run until its turn, or until it is taken back elsewhere', async () => {
    upstream.enqueue(partial(['Wait'], stall));
    const { followed, context, other } = await begin();
    await context.send('First');
    await followed.shows('First', 'Wait');
    const queued = await context.send({ content: 'Queued', on_busy: 'queue' });
    const dropped = await context.send({ content: 'Taken back', on_busy: 'queue' });
    expect(followed.view.outgoing.map(({ status }) => status)).toEqual(['accepted', 'accepted']);
    await other.act('cancel', { run_id: dropped.run_id });

    upstream.enqueue(answer(['Then.']));
    await context.cancel();
    await followed.shows('First', 'Wait', 'Queued', 'Then.');
    await followed.settles();
    expect(followed.view.messages[2]?.message.id).toBe(queued.message_id);
    expect(textsOf(followed.view)).not.toContain('Taken back');
  });

  it('sends in the order of writing', async () => {
    const { client, followed, context } = await begin();
    upstream.enqueue(answer(['One.']));
    upstream.enqueue(answer(['Two.']));
    client.between = async (request, pass) => {
      const body = request.method === 'POST' ? await request.clone().text() : '';
      // The first is held up; the second must not overtake it.
      if (body.includes('first')) await followed.sees('both', ({ outgoing }) => outgoing.length === 2);
      return pass();
    };
    await Promise.all([context.send('the first'), context.send({ content: 'the second', on_busy: 'queue' })]);
    await followed.shows('the first', 'One.', 'the second', 'Two.');
  });
});

describe('the other commands', () => {
  it('append, stop, retry and edit are seen as soon as they are answered', async () => {
    const { followed, context } = await begin();
    await context.append({ role: 'system', payload: { kind: 'text', data: { content: 'Be brief.' } } });
    await followed.shows('Be brief.');
    upstream.enqueue(partial(['So '], stall));
    await context.send('Go on');
    await followed.shows('Be brief.', 'Go on', 'So ');
    expect((await context.cancel()).run_id).toEqual(expect.any(String));
    await followed.settles();
    expect(followed.view.messages.at(-1)?.message.status).toBe('cancelled');
    expect((await context.cancel()).run_id).toBeNull();

    upstream.enqueue(answer(['Anew.']));
    const { branch } = await context.retry();
    await followed.shows('Be brief.', 'Go on', 'Anew.');
    const retried = await followed.settles();
    expect(retried.branch).toBe(branch);
    expect(retried.messages.at(-1)?.siblings).toMatchObject({ position: 2 });

    upstream.enqueue(answer(['Stopped.']));
    await context.edit(retried.messages[1]?.message.id ?? '', 'Stop');
    await followed.shows('Be brief.', 'Stop', 'Stopped.');
  });

  it('approve lets a tool be called, and the turn goes on', async () => {
    const { followed, context, other } = await begin({ tool_policy: { type: 'manual' } });
    upstream.enqueue(answer('', { calls: [callOf('call_1', 'current_time')] }));
    upstream.enqueue(answer(['It is late.']));
    await context.send('What time is it?');
    await asksApproval(other);
    const waiting = await followed.sees('a decision to make', (view) =>
      view.allowedActions.includes('approve_tools'),
    );
    expect(waiting.messages.at(-1)?.message).toMatchObject({ kind: 'tool_request', status: 'streaming' });
    await context.approve([{ tool_call_id: 'call_1', decision: 'approve' }]);
    await followed.sees('the answer', (view) => view.messages.at(-1)?.text === 'It is late.');
    const kinds = (await followed.settles()).messages.map(({ message }) => message.kind);
    expect(kinds).toContain('tool_result');
  });

  it('makes contexts, one for each time that it is asked to, though an answer is lost', async () => {
    const client = new LiveClient(server);
    let isLost = false;
    client.between = async (_, pass) => {
      const answered = await pass();
      if (isLost) return answered;
      isLost = true;
      throw new TypeError('the connection was reset');
    };
    const made = await client.pullcord.createContext({ title: 'Made once, and called so' });
    const { body } = await caller(server).get<{ contexts: { id: string }[] }>('/contexts?q=Made%20once');
    expect(body.contexts.map(({ id }) => id)).toEqual([made.id]);
    expect(client.pullcord.context(made.id)).toBe(made);
  });
});
