// What a model thinks before it speaks: streamed as chunks of its own kind, and never a part of the text.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContextClient, startServerOn, textOf } from '../support/context-client.js';
import { answer, chunk, FakeUpstream, partial, stall } from '../support/fake-upstream.js';
import { ReferenceClient } from '../support/reference-client.js';
import type { TestServer } from '../support/server.js';

const thoughts = ['The user ', 'wants a ', 'number. 🤔'];
const words = ['It ', 'is ', '42.'];
let upstream: FakeUpstream;
let server: TestServer;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  server = await startServerOn(upstream);
});
afterAll(() => upstream.close());

describe.each(['reasoning_content', 'reasoning'] as const)('reasoning in the field %s', (reasoningField) => {
  it('comes as chunks of kind reasoning, before those of the text', async () => {
    upstream.enqueue(answer(words, { reasoning: thoughts, reasoningField }));
    const context = await ContextClient.begin(server);
    await context.exchange('What is the answer?');
    const message = await context.answer();
    const chunks = await context.chunks(message.id);

    expect(chunks.map(({ sequence, kind, delta }) => ({ sequence, kind, delta }))).toEqual([
      ...thoughts.map((delta, at) => ({ sequence: at + 1, kind: 'reasoning', delta })),
      ...words.map((delta, at) => ({ sequence: at + 4, kind: 'text', delta })),
    ]);
    expect(textOf(chunks)).toBe(message.data.content);
    expect(message).toMatchObject({
      status: 'complete',
      data: { content: words.join(''), reasoning: thoughts.join(''), final_sequence: 6 },
    });
  });
});

describe('reasoning', () => {
  it('makes the answer begin: a client sees that the model is thinking', async () => {
    upstream.enqueue(partial([], chunk({ reasoning_content: 'Hm' }), stall));
    const context = await ContextClient.begin(server);
    const stream = await context.follow();
    await context.send('Think.');
    const delta = await stream.nextSignal('content_delta');

    expect(await context.state()).toMatchObject({ type: 'streaming_response', sequence: 1 });
    expect(await context.chunks(String(delta.message_id))).toMatchObject([
      { kind: 'reasoning', delta: 'Hm' },
    ]);
    await context.act('cancel');
    expect(await context.answer()).toMatchObject({
      status: 'cancelled',
      data: { content: '', reasoning: 'Hm', final_sequence: 1 },
    });
    stream.destroy();
  });

  it('may come between pieces of the text, and the text is whole without it', async () => {
    const pieces = [
      ...(partial('One, ').pieces ?? []),
      chunk({ reasoning_content: 'Go on.' }),
      ...(answer('two.').pieces ?? []),
    ];
    upstream.enqueue({ pieces });
    const context = await ContextClient.begin(server);
    const client = new ReferenceClient((path) => context.get(path));
    await context.exchange('Count.');
    await client.pull();

    const message = await context.answer();
    expect(message.data).toMatchObject({ content: 'One, two.', reasoning: 'Go on.' });
    expect(client.streams.get(message.id)).toEqual({ sequence: 3, text: 'One, two.', isWhole: true });
  });

  it('is not said to the model again in the next turn', async () => {
    upstream.enqueue(answer('42.', { reasoning: ['A private thought.'] }), answer('Yes.'));
    const context = await ContextClient.begin(server);
    await context.exchange('What is the answer?');
    const called = upstream.call(upstream.calls.length);
    await context.exchange('Sure?');
    expect(JSON.stringify((await called).request.body)).not.toContain('private thought');
  });
});
