// Cancel is a command about the run: it stops the call to the model, from any device, and keeps what was streamed.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refused } from '../support/api.js';
import { ContextClient, startServerOn, textOf, transitionsUntil } from '../support/context-client.js';
import {
  answer,
  FakeUpstream,
  partial,
  stall,
  tooMany,
  type UpstreamCall,
} from '../support/fake-upstream.js';
import type { TestServer } from '../support/server.js';

const usersTurn = { type: 'awaiting_user', reason: 'input' };
let upstream: FakeUpstream;
let server: TestServer;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  server = await startServerOn(upstream);
});
afterAll(() => upstream.close());

const nextCall = (): Promise<UpstreamCall> => upstream.call(upstream.calls.length);

describe('cancel in mid-stream', () => {
  it('closes the connection to the upstream and keeps the text', async () => {
    upstream.enqueue(partial(['So ', 'far ', 'so good'], stall));
    const called = nextCall();
    const context = await ContextClient.begin(server);
    const { run_id } = await context.send('Go on and on.');
    const messageId = await context.streaming('so good');
    const cancelled = await context.act('cancel');

    expect(cancelled).toMatchObject({ run_id, state: usersTurn });
    await expect((await called).closedByClient).resolves.toBe(true);
    expect(await context.state()).toEqual(usersTurn);
    expect(await context.answer()).toMatchObject({
      id: messageId,
      status: 'cancelled',
      data: { content: 'So far so good', final_sequence: 3 },
    });
    expect(textOf(await context.chunks(messageId))).toBe('So far so good');
  });

  it('ends a stream that is still flowing, and nothing is added to it after', async () => {
    const words = Array.from({ length: 5_000 }, (_, at) => `${at} `);
    upstream.enqueue({ ...partial(words, stall), paceMs: 1 });
    const called = nextCall();
    const context = await ContextClient.begin(server);
    await context.send('Count.');
    await context.streaming('1 ');
    await context.act('cancel');
    const kept = await context.answer();

    await expect((await called).closedByClient).resolves.toBe(true);
    expect(words.join('').startsWith(kept.data.content)).toBe(true);
    expect(await context.answer()).toEqual(kept);
    expect(textOf(await context.chunks(kept.id))).toBe(kept.data.content);
  });

  it('is signalled like any other end', async () => {
    upstream.enqueue(partial('A', stall));
    const context = await ContextClient.begin(server);
    const stream = await context.follow();
    await context.send('Speak.');
    await context.streaming('A');
    const { revision } = await context.act('cancel');

    expect((await transitionsUntil(stream, revision)).at(-1)).toMatchObject({
      previous_state: { type: 'streaming_response' },
      new_state: usersTurn,
    });
    const completed = await stream.nextSignal('message_completed');
    expect(completed).toMatchObject({ status: 'cancelled', final_sequence: 1, role: 'assistant' });
    stream.destroy();
  });

  it('leaves a context that can be talked to, with the broken answer in its memory', async () => {
    upstream.enqueue(partial('Half an ans', stall), answer('A whole answer.'));
    const context = await ContextClient.begin(server);
    await context.send('First.');
    await context.streaming('Half');
    await context.act('cancel');
    const called = nextCall();
    await context.exchange('Second.');

    expect(await context.transcript()).toEqual([
      'user: First.',
      'assistant: Half an ans',
      'user: Second.',
      'assistant: A whole answer.',
    ]);
    expect((await called).request.body['messages']).toContainEqual({
      role: 'assistant',
      content: 'Half an ans',
    });
  });
});

describe('cancel before the first chunk', () => {
  it('closes the connection while the upstream is still thinking', async () => {
    upstream.enqueue({ headersAfterMs: 3_600_000 });
    const called = nextCall();
    const context = await ContextClient.begin(server);
    await context.send('Think.');
    const { closedByClient } = await called;
    await context.act('cancel');

    await expect(closedByClient).resolves.toBe(true);
    expect(await context.state()).toEqual(usersTurn);
    expect(await context.transcript()).toEqual(['user: Think.']);
  });

  it('ends the wait for another attempt, so that none is made', async () => {
    // Both contexts are told to wait for two seconds: the one that is not cancelled, a moment later than the other.
    const asked: string[] = [];
    upstream.on(({ body }) => {
      asked.push(JSON.stringify(body['messages']).includes('stop me') ? 'cancelled' : 'other');
      return isAgain() ? answer('At last.') : tooMany('2');
    });
    const isAgain = (): boolean => asked.filter((name) => name === 'other').length > 1;
    const context = await ContextClient.begin(server);
    const called = nextCall();
    await context.send('stop me');
    await (
      await called
    ).closedByClient;
    expect(await context.state()).toMatchObject({ type: 'awaiting_llm' });
    await context.act('cancel');
    expect(await context.state()).toEqual(usersTurn);

    const other = await ContextClient.begin(server);
    await other.exchange('go on');
    expect((await other.answer()).data.content).toBe('At last.');
    expect(asked).toEqual(['cancelled', 'other', 'other']);
    upstream.on(() => answer('Hello.'));
  });
});

describe('cancel when there is nothing to cancel', () => {
  it('is accepted and changes nothing, however often it is asked for', async () => {
    const context = await ContextClient.begin(server);
    const initial = await context.act('cancel');
    expect(initial).toMatchObject({ run_id: null, state: { type: 'initial' } });

    upstream.enqueue(partial('Half', stall));
    await context.send('Speak.');
    await context.streaming('Half');
    const first = await context.act('cancel');
    const second = await context.act('cancel');
    expect(second).toEqual({ ...first, run_id: null });
    expect(await context.answer()).toMatchObject({ status: 'cancelled', revision: first.revision });
  });

  it('leaves a finished run as it is, when it is named', async () => {
    const context = await ContextClient.begin(server);
    const { run_id } = await context.exchange('Hi.');
    const before = await context.whole();
    expect(await context.act('cancel', { run_id })).toMatchObject({ run_id: null, state: usersTurn });
    expect(await context.whole()).toEqual(before);
    expect(await context.answer()).toMatchObject({ status: 'complete' });
  });

  it('is a 404 for a run of another context', async () => {
    const [context, other] = [await ContextClient.begin(server), await ContextClient.begin(server)];
    const { run_id } = await other.exchange('Hi.');
    expect(refused(await context.ask('cancel', { run_id }))).toBe('404 run_not_found');
  });
});

describe('cancel twice at once', () => {
  it('ends one run, once', async () => {
    upstream.enqueue(partial('Half', stall));
    const context = await ContextClient.begin(server);
    const { run_id } = await context.send('Speak.');
    await context.streaming('Half');
    const answers = await Promise.all([context.act('cancel'), context.act('cancel'), context.act('cancel')]);

    expect(answers.filter((cancelled) => cancelled.run_id === run_id)).toHaveLength(1);
    expect(answers.filter((cancelled) => cancelled.run_id === null)).toHaveLength(2);
  });
});
