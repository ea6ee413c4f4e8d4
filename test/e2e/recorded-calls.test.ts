// Calls of other programs that are recorded in a context: whoever has it open sees them, and they go on by themselves.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { body, type MessagePage, type WholeContext } from '../support/api.js';
import { answer, FakeUpstream, hold, partial, refusal, stall } from '../support/fake-upstream.js';
import { caller, type Answer, type Caller } from '../support/http.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

let upstream: FakeUpstream;
let server: TestServer;
let ada: Caller;
let bob: Caller;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  server = await startServer({
    env: {
      OPENAI_BASE_URL: upstream.url,
      PULLCORD_TOKENS: 'ada:ada-token,bob:bob-token',
      PULLCORD_MODEL_MAX_ATTEMPTS: '1',
    },
  });
  ada = caller(server, { token: 'ada-token' });
  bob = caller(server, { token: 'bob-token' });
});
beforeEach(() => void upstream.clear());
afterAll(() => upstream.close());

const model = 'openai/gpt-4o-mini';
const user = (content: string) => ({ role: 'user', content });
const assistant = (content: string) => ({ role: 'assistant', content });
type Said = Readonly<Record<string, unknown>>;

const recorded = <Body = Said>(
  context: string,
  path: string,
  input: Said,
  by: Caller = ada,
): Promise<Answer<Body>> =>
  by.post<Body>(path, { model, ...input }, { headers: { 'x-pullcord-context': context } });
const chat = <Body = Said>(context: string, messages: readonly Said[], more: Said = {}, by?: Caller) =>
  recorded<Body>(context, '/v1/chat/completions', { messages, ...more }, by);
const contextOf = ({ headers }: Answer<unknown>): string => headers.get('x-pullcord-context') ?? '';
const messagesIn = async (id: string): Promise<MessagePage['messages']> =>
  body(await ada.get<MessagePage>(`/contexts/${id}/messages`)).messages;
const stateOf = async (id: string): Promise<WholeContext['state']> =>
  body(await ada.get<WholeContext>(`/contexts/${id}`)).state;

describe('a call that is recorded', () => {
  it('makes a context of all that it says and is answered, and names it', async () => {
    upstream.enqueue(answer(['Hel', 'lo.']));
    const answered = await chat('new', [{ role: 'system', content: 'Be kind.' }, user('Hi')]);

    expect(body(answered)).toMatchObject({
      object: 'chat.completion',
      model,
      choices: [{ message: { role: 'assistant', content: 'Hello.' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 9, completion_tokens: 4 },
    });
    const messages = await messagesIn(contextOf(answered));
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant']);
    expect(messages[2]).toMatchObject({
      id: answered.headers.get('x-pullcord-message'),
      metadata: { run_id: answered.headers.get('x-pullcord-run') },
      data: { content: 'Hello.' },
    });
    expect(await stateOf(contextOf(answered))).toEqual({ type: 'awaiting_user', reason: 'input' });
  });

  it('adds to a context that is there only what is new, and is asked just as it came', async () => {
    const first = await chat('new', [user('One')]);
    const id = contextOf(first);
    const said = [user('One'), assistant('Hello.'), user('Two')];
    const second = await recorded(id, '/v1/messages', { max_tokens: 10, messages: said });

    expect(body(second)).toMatchObject({ type: 'message', content: [{ type: 'text', text: 'Hello.' }] });
    expect(contextOf(second)).toBe(id);
    expect(upstream.calls.at(-1)?.request.body).toMatchObject({ messages: said });
    expect((await messagesIn(id)).map(({ data }) => (data as { content: string }).content)).toEqual([
      'One',
      'Hello.',
      'Two',
      'Hello.',
    ]);
  });

  it('is streamed in the words of its dialect', async () => {
    upstream.enqueue(answer(['Hel', 'lo.'], { calls: [{ id: 'call_1', name: 'look', arguments: ['{}'] }] }));
    const answered = await chat<string>('new', [user('Hi')], { stream: true });

    expect(answered.headers.get('content-type')).toContain('text/event-stream');
    const chunks = answered.body
      .split('\n\n')
      .filter((event) => event.startsWith('data: {'))
      .map((event) => JSON.parse(event.slice(6)) as { choices: { delta: { content?: string } }[] });
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('Hello.');
    expect(answered.body).toContain('"name":"look"');
    expect(answered.body.trimEnd().endsWith('data: [DONE]')).toBe(true);
    expect((await messagesIn(contextOf(answered))).at(-1)).toMatchObject({
      kind: 'tool_request',
      data: { calls: [{ id: 'call_1', name: 'look', arguments: {} }] },
    });
  });

  it('goes on when its caller has gone', async () => {
    const { pieces = [] } = answer(' you.');
    upstream.enqueue({ pieces: [...(partial('Hello').pieces ?? []), hold, ...pieces] });
    const called = upstream.call(upstream.calls.length);
    const leaving = new AbortController();
    const gone = ada
      .post(
        '/v1/chat/completions',
        { model, messages: [user('Hi')] },
        {
          headers: { 'x-pullcord-context': 'new' },
          abort: leaving.signal,
        },
      )
      .catch((error: unknown) => error);
    const call = await called;
    leaving.abort();
    expect(await gone).toMatchObject({ name: 'AbortError' });
    call.release();

    const listed = await ada.get<{ contexts: { id: string }[] }>('/contexts?limit=1');
    const id = body(listed).contexts[0]?.id ?? '';
    const last = await until(
      async () => {
        const found = (await messagesIn(id)).at(-1);
        return found?.role === 'assistant' && found.status === 'complete' && found;
      },
      { what: 'the answer that nobody waits for' },
    );
    expect(last).toMatchObject({ role: 'assistant', data: { content: 'Hello you.' } });
  });
});

describe('a call that cannot be recorded', () => {
  it('is refused in the words of its dialect', async () => {
    const { headers } = await chat('new', [user('Mine')]);
    const id = headers.get('x-pullcord-context') ?? '';
    const foreign = await chat(id, [user('Theirs')], {}, bob);
    expect(foreign.status).toBe(404);
    expect(foreign.body).toMatchObject({ error: { message: expect.stringContaining(id) as string } });
    const wrong = await recorded('yesterday', '/v1/messages', { max_tokens: 10, messages: [user('Hi')] });
    expect(wrong.status).toBe(400);
    expect(wrong.body).toMatchObject({
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message: expect.stringContaining('x-pullcord-context') as string,
      },
    });
    expect(await messagesIn(id)).toHaveLength(2);
  });

  it('has to wait for the one before it, and stays out of what is archived', async () => {
    upstream.enqueue(partial('Wait', stall));
    const called = upstream.call(upstream.calls.length);
    const leaving = new AbortController();
    const first = ada
      .post(
        '/v1/chat/completions',
        { model, messages: [user('Hi')], stream: true },
        {
          headers: { 'x-pullcord-context': 'new' },
          abort: leaving.signal,
        },
      )
      .catch(() => undefined);
    await called;
    const listed = await ada.get<{ contexts: { id: string }[] }>('/contexts?limit=1');
    const id = body(listed).contexts[0]?.id ?? '';
    expect((await chat(id, [user('Me too')])).status).toBe(409);
    leaving.abort();
    await first;
    await ada.post(`/contexts/${id}/actions/cancel`, {});
    await ada.post(`/contexts/${id}/actions/archive`, {});
    expect((await chat(id, [user('Me too')])).status).toBe(409);
    expect(JSON.stringify(await messagesIn(id))).not.toContain('Me too');
  });

  it('tells its caller what the provider said, by a status before the first part, in the stream after it', async () => {
    upstream.enqueue(refusal(400, 'No such thing'), partial('A bit'));
    const refused = await chat('new', [user('Hi')], { stream: true });
    expect(refused.status).toBe(400);
    expect(refused.body).toMatchObject({
      error: { message: expect.stringContaining('No such thing') as string },
    });
    expect(await stateOf(contextOf(refused))).toMatchObject({ type: 'error' });

    const broken = await chat<string>('new', [user('Hi')], { stream: true });
    expect(broken.status).toBe(200);
    expect(broken.body).toContain('"content":"A bit"');
    expect(broken.body).toContain('"error"');
    expect((await messagesIn(contextOf(broken))).at(-1)).toMatchObject({
      status: 'failed',
      data: { content: 'A bit' },
    });
  });
});
