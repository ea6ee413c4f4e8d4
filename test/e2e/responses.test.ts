// OpenAI's Responses, as its official client asks for them: what is stored is found again, followed and resumed.
import OpenAI from 'openai';
import type {
  ResponseCreateParamsNonStreaming,
  ResponseInput,
  ResponseStreamEvent,
} from 'openai/resources/responses/responses';
import { beforeAll, describe, expect, it } from 'vitest';
import { answer, FakeUpstream, hold, partial, refusal, type UpstreamCall } from '../support/fake-upstream.js';
import { caller, type Caller } from '../support/http.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

let upstream: FakeUpstream;
let server: TestServer;
let openai: OpenAI;
let other: OpenAI;
let http: Caller;

beforeAll(async () => {
  upstream = await FakeUpstream.start();
  server = await startServer({
    env: {
      OPENAI_BASE_URL: upstream.url,
      PULLCORD_TOKENS: 'ada:ada-token,bob:bob-token',
      PULLCORD_MODEL_RETRY_BASE_MS: '1',
      PULLCORD_MODEL_MAX_ATTEMPTS: '1',
      PULLCORD_MODELS: '{"openai/blind":{"vision":false}}',
    },
  });
  const clientOf = (apiKey: string) => new OpenAI({ baseURL: `${server.url}/v1`, apiKey, maxRetries: 0 });
  openai = clientOf('ada-token');
  other = clientOf('bob-token');
  http = caller(server, { token: 'ada-token' });
});

const model = 'openai/fake-1';
const create = (body: Partial<ResponseCreateParamsNonStreaming>) =>
  openai.responses.create({ model, input: 'Hi', ...body });
const last = (): UpstreamCall => upstream.calls.at(-1) as UpstreamCall;
const clock = {
  type: 'function',
  name: 'clock',
  description: 'The time.',
  parameters: { type: 'object', properties: { zone: { type: 'string' } } },
  strict: false,
} as const;

async function all(stream: AsyncIterable<ResponseStreamEvent>): Promise<ResponseStreamEvent[]> {
  const events: ResponseStreamEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

const numbers = (events: readonly ResponseStreamEvent[]): number[] =>
  events.map((event) => event.sequence_number);
const deltas = (events: readonly ResponseStreamEvent[]): string =>
  events.map((event) => (event.type === 'response.output_text.delta' ? event.delta : '')).join('');

describe('a response that is not stored', () => {
  it('is answered and forgotten', async () => {
    upstream.enqueue(answer(['Hel', 'lo.']));
    const response = await create({ store: false, instructions: 'Be brief.', temperature: 0.5 });

    expect(response).toMatchObject({
      object: 'response',
      status: 'completed',
      model,
      output_text: 'Hello.',
      instructions: 'Be brief.',
      store: false,
      usage: { input_tokens: 9, output_tokens: 4, total_tokens: 13 },
    });
    expect(last().request.body).toMatchObject({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
      ],
      temperature: 0.5,
    });
    await expect(openai.responses.retrieve(response.id)).rejects.toMatchObject({ status: 404 });
  });

  it('is streamed with numbers without a gap, and its tools are called', async () => {
    const calls = ['a', 'b'].map((id) => ({ id, name: 'clock', arguments: ['{"zone":', `"${id}"}`] }));
    upstream.enqueue(answer('Let me see.', { reasoning: ['H', 'm'], calls }));
    const stream = openai.responses.stream({ model, input: 'Hi', store: false, tools: [clock] });
    const events = await all(stream);
    const { output, status } = await stream.finalResponse();

    expect(numbers(events)).toEqual(events.map((_, n) => n));
    expect(status).toBe('completed');
    expect(output).toMatchObject([
      { type: 'reasoning', summary: [{ text: 'Hm' }] },
      { type: 'message', content: [{ text: 'Let me see.' }] },
      { type: 'function_call', call_id: 'a', name: 'clock', arguments: '{"zone":"a"}' },
      { type: 'function_call', call_id: 'b', arguments: '{"zone":"b"}' },
    ]);
  });

  it('is refused in the words of OpenAI', async () => {
    const wrong = openai.responses.create({ model, input: 'Hi', store: false, temperature: 9 });
    await expect(wrong).rejects.toMatchObject({ status: 400, param: 'temperature', code: 'invalid_request' });
    const unknown = openai.responses.create({ model: 'nobody/knows', input: 'Hi', store: false });
    await expect(unknown).rejects.toMatchObject({ status: 404, code: 'model_not_found' });
    upstream.enqueue(refusal(400, 'Too long.'));
    await expect(create({ store: false })).rejects.toMatchObject({ status: 400 });
  });
});

describe('a stored response', () => {
  it('is the same when it is asked for again, and is a context to everybody else', async () => {
    upstream.enqueue(answer('Hello.', { reasoning: ['Hm'] }));
    const { data, response } = await openai.responses
      .create({ model, input: 'Hi', metadata: { topic: 'greeting' } })
      .withResponse();

    expect(data).toMatchObject({
      status: 'completed',
      output_text: 'Hello.',
      store: true,
      metadata: { topic: 'greeting' },
    });
    expect(await openai.responses.retrieve(data.id)).toEqual(data);
    const context = response.headers.get('x-pullcord-context');
    const messages = await http.get<{ messages: { role: string; data: { content: string } }[] }>(
      `/contexts/${context}/messages`,
    );
    expect(JSON.stringify(messages.body)).toContain('Hello.');
    await expect(other.responses.retrieve(data.id)).rejects.toMatchObject({ status: 404 });
  });

  it('is streamed, and its events are the same when they are asked for again, from any on', async () => {
    const calls = [{ id: 'a', name: 'clock', arguments: ['{', '}'] }];
    upstream.enqueue(answer(['Let ', 'me ', 'see.'], { reasoning: ['H', 'm'], calls }));
    const events = await all(
      await openai.responses.create({ model, input: 'Hi', stream: true, tools: [clock] }),
    );
    const [created] = events;
    if (created?.type !== 'response.created') throw new Error('The first event is no response.created.');
    const { id } = created.response;
    const again = (starting_after?: number) =>
      openai.responses.retrieve(id, { stream: true, starting_after });

    expect(numbers(events)).toEqual(events.map((_, n) => n));
    expect(await all(await again())).toEqual(events);
    expect(await all(await again(4))).toEqual(events.slice(5));
    expect(await all(await again(events.length + 5))).toEqual([]);
    const { output_text, ...stored } = await openai.responses.retrieve(id);
    expect(output_text).toBe('Let me see.');
    expect(events.at(-1)).toMatchObject({ type: 'response.completed', response: stored });
  });

  it('goes on behind the one before it, without its instructions, and from any of them', async () => {
    upstream.enqueue(answer('First.'), answer('Second.'), answer('Another second.'), answer('Third.'));
    const first = await create({ input: 'One', instructions: 'Be brief.' });
    const second = await create({ input: 'Two', previous_response_id: first.id, instructions: 'Be long.' });
    expect(last().request.body.messages).toEqual([
      { role: 'system', content: 'Be long.' },
      { role: 'user', content: 'One' },
      { role: 'assistant', content: 'First.' },
      { role: 'user', content: 'Two' },
    ]);
    await create({ input: 'Another two', previous_response_id: first.id });
    await create({ input: 'Three', previous_response_id: second.id });
    expect(last().request.body.messages).toEqual([
      { role: 'user', content: 'One' },
      { role: 'assistant', content: 'First.' },
      { role: 'user', content: 'Two' },
      { role: 'assistant', content: 'Second.' },
      { role: 'user', content: 'Three' },
    ]);
    expect(second.previous_response_id).toBe(first.id);
  });

  it('takes the results of its calls', async () => {
    const calls = ['a', 'b'].map((id) => ({ id, name: 'clock', arguments: ['{}'] }));
    upstream.enqueue(answer('', { calls }), answer('It is noon.'));
    const first = await create({ tools: [clock] });
    const result = (call_id: string) => ({ type: 'function_call_output', call_id, output: 'noon' }) as const;
    const second = await create({
      previous_response_id: first.id,
      tools: [clock],
      input: [result('b'), result('a')],
    });

    expect(second.output_text).toBe('It is noon.');
    expect(last().request.body.messages).toMatchObject([
      { role: 'user', content: 'Hi' },
      { role: 'assistant', tool_calls: [{ id: 'a' }, { id: 'b' }] },
      { role: 'tool', tool_call_id: 'b', content: 'noon' },
      { role: 'tool', tool_call_id: 'a', content: 'noon' },
    ]);
  });

  it('takes items of other responses by their ids', async () => {
    upstream.enqueue(answer('First.'), answer('Second.'));
    const first = await create({ input: 'One' });
    const id = first.output[0]?.id ?? '';
    const input = [
      { role: 'user', content: 'One' },
      { type: 'item_reference', id },
      { role: 'user', content: 'Two' },
    ] as const;
    await create({ input: [...input] });
    expect(last().request.body.messages).toMatchObject([
      { content: 'One' },
      { role: 'assistant', content: 'First.' },
      { content: 'Two' },
    ]);

    for (const wrong of ['msg_1', `${id}9`, id.replace('msg', 'rs')])
      await expect(create({ input: [{ type: 'item_reference', id: wrong }] })).rejects.toMatchObject({
        status: 400,
        param: 'input.0.id',
      });
    await expect(
      other.responses.create({ model, input: [{ type: 'item_reference', id }] }),
    ).rejects.toMatchObject({ status: 400, param: 'input.0.id' });
  });

  it('knows its input', async () => {
    upstream.enqueue(answer('Hello.'));
    const image_url = 'data:image/png;base64,iVBORw0KGgo=';
    const { id } = await create({
      input: [
        { role: 'developer', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'What is it?' },
            { type: 'input_image', image_url, detail: 'low' },
          ],
        },
        { role: 'assistant', content: 'A dot.' },
        { role: 'user', content: 'Sure?' },
      ],
    });
    const items = [];
    for await (const item of openai.responses.inputItems.list(id, { order: 'asc', limit: 2 }))
      items.push(item);

    expect(items).toMatchObject([
      { role: 'developer', content: [{ type: 'input_text', text: 'Be brief.' }] },
      { role: 'user', content: [{ text: 'What is it?' }, { image_url, detail: 'low' }] },
      { role: 'assistant', content: [{ type: 'output_text', text: 'A dot.' }] },
      { role: 'user', content: [{ text: 'Sure?' }] },
    ]);
    expect(new Set(items.map((item) => item.id)).size).toBe(4);
    const newest = await openai.responses.inputItems.list(id, { limit: 1 });
    expect(newest.data).toMatchObject([{ content: [{ text: 'Sure?' }] }]);
    expect(newest.has_more).toBe(true);
    for (const query of [{ limit: 0 }, { limit: 101 }, { order: 'up' }, { after: 'msg_1' }])
      await expect(openai.responses.inputItems.list(id, query as object)).rejects.toMatchObject({
        status: 400,
      });
  });

  it('is forgotten when it is deleted', async () => {
    upstream.enqueue(answer('Hello.'));
    const { id } = await create({});

    await openai.responses.delete(id);
    await expect(openai.responses.retrieve(id)).rejects.toMatchObject({ status: 404 });
    await expect(openai.responses.delete(id)).rejects.toMatchObject({ status: 404 });
    await expect(create({ previous_response_id: id })).rejects.toMatchObject({ status: 404 });
  });

  it('that fails says so with a status while nothing was said, and is kept as failed', async () => {
    upstream.enqueue(refusal(400, 'Too long.'), refusal(500, 'Down.'));
    const refused = await create({}).then(
      () => undefined,
      (error: InstanceType<typeof OpenAI.APIError>) => error,
    );
    expect(refused).toMatchObject({ status: 400 });
    await expect(openai.responses.create({ model, input: 'Hi', stream: true })).rejects.toMatchObject({
      status: 502,
    });
    const run = refused?.headers?.get('x-pullcord-run') ?? '';
    expect(await openai.responses.retrieve(`resp_${run.replaceAll('-', '')}`)).toMatchObject({
      status: 'failed',
      error: { code: 'invalid_prompt', message: expect.stringContaining('Too long.') as string },
    });
  });

  it('that fails in the middle says so in its last event, each time', async () => {
    upstream.enqueue(partial(['Hel'], { type: 'die' }));
    const events = await all(await openai.responses.create({ model, input: 'Hi', stream: true }));
    const [created] = events;
    const id = created?.type === 'response.created' ? created.response.id : '';

    expect(events.at(-1)).toMatchObject({
      type: 'response.failed',
      response: {
        status: 'failed',
        error: { code: 'server_error' },
        output: [{ status: 'incomplete', content: [{ text: 'Hel' }] }],
      },
    });
    expect(await all(await openai.responses.retrieve(id, { stream: true }))).toEqual(events);
  });
});

describe('a response in the background', () => {
  it('is known at once, grows while nobody listens, and can be followed from any event on', async () => {
    upstream.enqueue(partial(['Hel', 'lo '], hold, ...(answer('there.').pieces ?? [])));
    const begun = upstream.calls.length;
    const { id, status, background } = await create({ background: true });
    expect(['queued', 'in_progress']).toContain(status);
    expect(background).toBe(true);
    const call = await upstream.call(begun);
    await until(async () => (await openai.responses.retrieve(id)).output_text === 'Hello ', {
      what: 'the first text',
    });
    await expect(create({ previous_response_id: id })).rejects.toMatchObject({ status: 409 });

    const known: ResponseStreamEvent[] = [];
    const seen = await openai.responses.retrieve(id, { stream: true });
    for await (const event of seen) {
      known.push(event);
      if (event.type === 'response.output_text.delta') break;
    }
    const rest = openai.responses.retrieve(id, {
      stream: true,
      starting_after: known.at(-1)?.sequence_number,
    });
    call.release();
    const events = [...known, ...(await all(await rest))];

    expect(numbers(events)).toEqual(events.map((_, n) => n));
    expect(deltas(events)).toBe('Hello there.');
    expect(events.at(-1)?.type).toBe('response.completed');
    expect((await openai.responses.retrieve(id)).output_text).toBe('Hello there.');
  });

  it('can be streamed from its beginning, before the model has said anything', async () => {
    upstream.enqueue(partial([], hold));
    const begun = upstream.calls.length;
    const stream = await openai.responses.create({ model, input: 'Hi', background: true, stream: true });
    const first: ResponseStreamEvent[] = [];
    for await (const event of stream) if (first.push(event) === 2) break;

    expect(first.map(({ type }) => type)).toEqual(['response.created', 'response.in_progress']);
    // It goes on: the next answer in line is for the next call.
    await upstream.call(begun);
  });

  it('stops where it is when it is cancelled', async () => {
    upstream.enqueue(partial(['Hel'], hold));
    const begun = upstream.calls.length;
    const { id } = await create({ background: true });
    const call = await upstream.call(begun);
    await until(async () => (await openai.responses.retrieve(id)).output_text === 'Hel', {
      what: 'the first text',
    });
    const followed = all(await openai.responses.retrieve(id, { stream: true }));

    expect(await openai.responses.cancel(id)).toMatchObject({ status: 'cancelled', error: null });
    expect(await call.closedByClient).toBe(true);
    expect((await followed).at(-1)).toMatchObject({
      type: 'response.incomplete',
      response: { status: 'cancelled' },
    });
    expect(await openai.responses.cancel(id)).toMatchObject({
      status: 'cancelled',
      output: [{ status: 'incomplete' }],
    });
    await expect(other.responses.cancel(id)).rejects.toMatchObject({ status: 404 });
  });

  it('has to be stored', async () => {
    await expect(create({ background: true, store: false })).rejects.toMatchObject({
      status: 400,
      param: 'background',
    });
  });
});

it('is recorded in the context of the header, which has what came before already', async () => {
  upstream.enqueue(answer('First.'), answer('Second.'), answer('Third.'));
  const record = (context: string) => ({ headers: { 'X-Pullcord-Context': context } });
  const ask = (input: ResponseInput, context: string) =>
    openai.responses
      .create({ model, store: false, instructions: 'Be brief.', input }, record(context))
      .withResponse();
  const one = { role: 'user', content: 'One' } as const;
  const first = await ask([one], 'new');
  const context = first.response.headers.get('x-pullcord-context') ?? '';
  const conversation_id = `conv_${context.replaceAll('-', '')}`;
  const said = { role: 'assistant', content: 'First.' } as const;
  const second = await ask([one, said, { role: 'user', content: 'Two' }], context);

  expect(second.response.headers.get('x-pullcord-context')).toBe(context);
  expect(last().request.body.messages).toHaveLength(4);
  const items = [];
  for await (const item of openai.conversations.items.list(conversation_id, { order: 'asc' }))
    items.push(item);
  expect(items).toMatchObject([
    { content: [{ text: 'One' }] },
    { content: [{ text: 'First.' }] },
    { content: [{ text: 'Two' }] },
    { content: [{ text: 'Second.' }] },
  ]);
  for (const unknown of ['0', '019a0000-0000-7000-8000-000000000000'])
    await expect(ask([one], unknown)).rejects.toMatchObject({ status: 404 });
  const both = openai.responses.create(
    { model, conversation: conversation_id, input: 'Hi' },
    record(context),
  );
  await expect(both).rejects.toMatchObject({ status: 400, param: 'X-Pullcord-Context' });
  upstream.clear();
});

it('is made once for a request that is sent twice with one idempotency key', async () => {
  upstream.enqueue(answer('Once.'), answer('Twice.'));
  const calls = upstream.calls.length;
  const send = () =>
    openai.responses.create({ model, input: 'Hi' }, { headers: { 'Idempotency-Key': 'once' } });
  const first = await send();

  expect(await send()).toEqual(first);
  expect(upstream.calls.length).toBe(calls + 1);
  upstream.clear();
});

it('is refused before anything is stored where the model cannot do what is asked', async () => {
  const image_url = 'data:image/png;base64,iVBORw0KGgo=';
  const input: ResponseInput = [
    { role: 'user', content: [{ type: 'input_image', image_url, detail: 'auto' }] },
  ];
  const blind = openai.responses.create({ model: 'openai/blind', input });

  await expect(blind).rejects.toMatchObject({ status: 400, code: 'model_incapable' });
  await expect(create({ model: 'nobody/knows' })).rejects.toMatchObject({
    status: 404,
    code: 'model_not_found',
  });
});

it('is refused in the words of OpenAI without a token', async () => {
  const stranger = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'wrong', maxRetries: 0 });
  for (const call of [
    () => stranger.responses.create({ model, input: 'Hi' }),
    () => stranger.responses.retrieve('resp_1'),
    () => stranger.responses.cancel('resp_1'),
    () => stranger.responses.delete('resp_1'),
    () => stranger.responses.inputItems.list('resp_1'),
    () => stranger.conversations.create(),
    () => stranger.conversations.items.list('conv_1'),
  ])
    await expect(call()).rejects.toMatchObject({ status: 401, code: 'invalid_api_key' });
});

it('goes on without a client that has gone', async () => {
  upstream.enqueue(partial(['Hel'], hold, ...(answer('lo.').pieces ?? [])));
  const begun = upstream.calls.length;
  const stream = await openai.responses.create({ model, input: 'Hi', stream: true });
  let id = '';
  for await (const event of stream) {
    if (event.type === 'response.created') id = event.response.id;
    if (event.type === 'response.output_text.delta') break;
  }
  (await upstream.call(begun)).release();
  const response = await until(
    async () => {
      const now = await openai.responses.retrieve(id);
      return now.status === 'completed' && now;
    },
    { what: 'the answer' },
  );

  expect(response.output_text).toBe('Hello.');
});

it('knows no response of a name that is none', async () => {
  for (const id of ['resp_1', 'x', `resp_${'0'.repeat(32)}`, 'conv_019a0000000070008000000000000000'])
    await expect(openai.responses.retrieve(id)).rejects.toMatchObject({ status: 404 });
  await expect(openai.responses.retrieve('resp_1', { stream: true })).rejects.toMatchObject({ status: 404 });
  await expect(create({ previous_response_id: 'resp_1' })).rejects.toMatchObject({ status: 404 });
  await expect(create({ conversation: 'conv_1' })).rejects.toMatchObject({ status: 404 });
});
