// A run: begun by a command that does not wait for it, and dependent on nobody's connection.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContextClient, startServerOn } from '../support/context-client.js';
import { answer, FakeUpstream, partial, stall, type UpstreamCall } from '../support/fake-upstream.js';
import { call } from '../support/http.js';
import type { TestServer } from '../support/server.js';
import { until } from '../support/until.js';

let upstream: FakeUpstream;
let server: TestServer;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  server = await startServerOn(upstream);
});
afterAll(() => upstream.close());

/** The next request that comes to the upstream. */
const nextCall = (): Promise<UpstreamCall> => upstream.call(upstream.calls.length);

describe('send_message', () => {
  it('answers before the model has said anything', async () => {
    upstream.enqueue({ headersAfterMs: 3_600_000 });
    const called = nextCall();
    const context = await ContextClient.begin(server);
    const accepted = await context.send('Are you there?');

    expect(accepted).toMatchObject({ context_id: context.id, state: { type: 'active' } });
    await context.inState('awaiting_llm');
    expect((await called).text).toBe('');
    expect(await context.messages()).toMatchObject([
      { id: accepted.message_id, role: 'user', kind: 'text', data: { content: 'Are you there?' } },
    ]);
    await context.act('cancel');
  });

  it('sends the model the conversation so far, and asks the model that was named', async () => {
    const context = await ContextClient.begin(server, {
      system_prompt: 'Be brief.',
      parameters: { temperature: 0.5 },
    });
    upstream.enqueue(answer('Blue.'), answer('Green.'));
    await context.exchange('Your favourite colour?');
    const called = nextCall();
    await context.exchange('And the second?', { model: 'openai/other-model' });

    expect((await called).request.body).toMatchObject({
      model: 'other-model',
      stream: true,
      temperature: 0.5,
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Your favourite colour?' },
        { role: 'assistant', content: 'Blue.' },
        { role: 'user', content: 'And the second?' },
      ],
    });
    expect((await context.answer()).data).toMatchObject({ content: 'Green.', model: 'openai/other-model' });
  });

  it('takes a typed payload, and keeps what the client sent along', async () => {
    upstream.enqueue(answer('I see a cat.'));
    const called = nextCall();
    const context = await ContextClient.begin(server);
    const payload = {
      kind: 'image',
      data: { source: { url: 'https://example.org/cat.png' }, recognition_mode: 'vision' },
    };
    await context.act('send_message', { payload, metadata: { tab: 2 } });
    await context.settled();

    const [image] = await context.messages();
    expect(image).toMatchObject({ ...payload, role: 'user', metadata: { client: { tab: 2 } } });
    expect(JSON.stringify((await called).request.body)).toContain('https://example.org/cat.png');
  });
});

describe('an answer', () => {
  it('names its model, its run and what it cost', async () => {
    upstream.enqueue(
      answer('Four.', {
        usage: {
          prompt_tokens: 11,
          completion_tokens: 7,
          prompt_tokens_details: { cached_tokens: 3 },
          completion_tokens_details: { reasoning_tokens: 5 },
        },
      }),
    );
    const context = await ContextClient.begin(server);
    const { run_id } = await context.exchange('Two and two?');
    const usage = { prompt: 11, completion: 7, cached: 3, reasoning: 5 };

    expect(await context.answer()).toMatchObject({
      role: 'assistant',
      status: 'complete',
      data: { content: 'Four.', model: 'openai/gpt-4o-mini', finish_reason: 'stop', usage },
      metadata: { source: 'ai_generated', run_id, tokens: usage, display_hint: { summary: 'Four.' } },
    });
  });

  it('may be empty, and is a message all the same', async () => {
    upstream.enqueue(answer([]));
    const context = await ContextClient.begin(server);
    await context.exchange('Say nothing.');

    expect(await context.state()).toEqual({ type: 'awaiting_user', reason: 'input' });
    expect(await context.answer()).toMatchObject({
      status: 'complete',
      data: { content: '', final_sequence: 0, finish_reason: 'stop' },
    });
  });

  it('says when it was cut off by the limit of tokens', async () => {
    upstream.enqueue(answer('Once upon a', { finishReason: 'length' }));
    const context = await ContextClient.begin(server);
    await context.exchange('A story.');
    expect(await context.answer()).toMatchObject({ status: 'complete', data: { finish_reason: 'length' } });
  });
});

describe('a run goes on', () => {
  const words = Array.from({ length: 200 }, (_, at) => `${at} `);

  it('when every client is gone, whichever way each was following', async () => {
    upstream.enqueue(answer(words, { paceMs: 2 }));
    const called = nextCall();
    const context = await ContextClient.begin(server);
    const streams = [await context.follow(), await context.follow()];
    await context.send('Count.');
    const messageId = await context.streaming('5 ');
    const leaving = new AbortController();
    const path = `/messages/${messageId}/streaming-chunks?after=${words.length - 1}&wait_ms=30000`;
    const polling = call('GET', server.url + context.path + path, { abort: leaving.signal });
    leaving.abort();
    for (const stream of streams) stream.destroy();
    await expect(polling).rejects.toThrow();

    // The upstream, not a client, is asked whether it was read to the end.
    await expect((await called).closedByClient).resolves.toBe(false);
    await context.settled();
    expect(await context.answer()).toMatchObject({ status: 'complete', data: { content: words.join('') } });
  });

  it('when the caller hangs up right after the command', async () => {
    upstream.enqueue(answer('Whole.'));
    const context = await ContextClient.begin(server);
    const leaving = new AbortController();
    const sent = call('POST', `${server.url}${context.path}/actions/send_message`, {
      body: { content: 'Bye.' },
      abort: leaving.signal,
    });
    const isAccepted = async (): Promise<boolean> => (await context.state()).type !== 'initial';
    await until(isAccepted, { what: 'the message to be accepted' });
    leaving.abort();
    await sent.catch(() => undefined);

    await context.settled();
    expect(await context.transcript()).toEqual(['user: Bye.', 'assistant: Whole.']);
  });

  it('beside the runs of other contexts', async () => {
    upstream.on(({ body }) => answer(`You said ${JSON.stringify(body['messages'])}`, { paceMs: 1 }));
    const contexts = await Promise.all(Array.from({ length: 20 }, () => ContextClient.begin(server)));
    await Promise.all(contexts.map((context, at) => context.exchange(`I am number ${at}.`)));

    for (const [at, context] of contexts.entries()) {
      const { content } = (await context.answer()).data;
      expect(content).toContain(`I am number ${at}.`);
    }
    upstream.on(() => answer('Hello.'));
  });

  it('on the branch that it began on, though another is shown by then', async () => {
    const context = await ContextClient.begin(server);
    upstream.enqueue(answer('One.'), answer('Uno.'), partial('Two', stall));
    const { message_id } = await context.exchange('First?');
    await context.act('edit_message', { message_id, content: 'Primo?' });
    await context.settled();
    const { active_branch } = await context.whole();
    await context.send('Second?');
    await context.streaming('Two');
    await context.act('switch_branch', { branch: 'main' });
    await context.act('cancel');

    expect(await context.transcript()).toEqual(['user: First?', 'assistant: One.']);
    expect(await context.transcript(active_branch)).toEqual([
      'user: Primo?',
      'assistant: Uno.',
      'user: Second?',
      'assistant: Two',
    ]);
  });
});
