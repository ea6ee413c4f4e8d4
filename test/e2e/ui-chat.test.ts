// Pages of the AI SDK: its own Chat, with the transport that it comes with, against the server.
import { lastAssistantMessageIsCompleteWithApprovalResponses } from 'ai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { body, createContext } from '../support/api.js';
import { startServerOn } from '../support/context-client.js';
import { answer, FakeUpstream, refusal } from '../support/fake-upstream.js';
import { caller, type Caller } from '../support/http.js';
import type { TestServer } from '../support/server.js';
import {
  callsOf,
  halting,
  openChat,
  says,
  shownBy,
  stockTransport,
  textOf,
  type ShownMessage,
} from '../support/ui-chat.js';
import { until } from '../support/until.js';

let upstream: FakeUpstream;
let server: TestServer;
let api: Caller;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  server = await startServerOn(upstream, { PULLCORD_DEFAULT_MODEL: 'openai/gpt-4o-mini' });
  api = caller(server);
});
afterAll(() => upstream.close());

const time = (id: string) => ({ id, name: 'current_time', arguments: ['{', '}'] });

/** What a page is given when it is opened. */
const shown = (chatId: string): Promise<ShownMessage[]> => shownBy(api, chatId);

const said = (text: string) => ({ id: 'm1', role: 'user', parts: [{ type: 'text', text }] });

const roles = (messages: readonly ShownMessage[]): string[] => messages.map(({ role }) => role);

/** The parts as both readers of a turn have them: the SDK's own, and the server's. */
const partsOf = (message: ShownMessage | undefined): object[] =>
  (message?.parts ?? []).map((part) => JSON.parse(JSON.stringify({ ...part, id: undefined })) as object);

describe('a chat', () => {
  it('of an id that its page made up has a context from the first message on, and is the same when it is opened again', async () => {
    upstream.enqueue(answer(['Under ', 'the mat.'], { reasoning: ['Let me ', 'think.'] }));
    const chat = openChat(server.url);
    expect(await shown(chat.id)).toEqual([]);
    await chat.sendMessage({ text: 'Where is the key?', metadata: { mood: 'curious' } });
    expect(chat.status).toBe('ready');
    const [question, said] = chat.messages;
    expect(partsOf(said)).toEqual([
      { type: 'step-start' },
      { type: 'reasoning', text: 'Let me think.', state: 'done' },
      { type: 'text', text: 'Under the mat.', state: 'done' },
    ]);
    expect(said?.metadata?.pullcord).toMatchObject({
      branch: 'main',
      model: 'openai/gpt-4o-mini',
      usage: { prompt: 9, completion: 4 },
      status: 'complete',
      awaits: null,
    });
    const again = await shown(chat.id);
    expect(again.map(({ id, role }) => `${role} ${id}`)).toEqual([
      `user ${question?.id}`,
      `assistant ${said?.id}`,
    ]);
    expect(again[0]).toMatchObject({ parts: [{ text: 'Where is the key?' }], metadata: { mood: 'curious' } });
    expect(partsOf(again[1])).toEqual(partsOf(said));
    expect(again[1]?.metadata).toEqual(said?.metadata);
    const context = await api.get(`/contexts/${said?.metadata?.pullcord?.context_id}`);
    expect(context).toMatchObject({ status: 200, body: { message_count: 2 } });
  });

  it('is a context where its id is that of one', async () => {
    const { id } = await createContext(api, { title: 'Keys' });
    const chat = openChat(server.url, { id });
    await chat.sendMessage({ text: 'Hello?' });
    expect(chat.messages.at(-1)?.metadata?.pullcord).toMatchObject({ context_id: id });
    expect(await api.get(`/contexts/${id}`)).toMatchObject({ body: { message_count: 2, title: 'Keys' } });
  });

  it('goes on when its page has gone, and a page that comes back has all of it', async () => {
    upstream.enqueue(halting(['One ', 'two '], ['three.']));
    const asked = upstream.call(upstream.calls.length);
    const chat = openChat(server.url);
    const sent = chat.sendMessage({ text: 'Count.' });
    await says(chat, 'One two ');
    // This transport only closes its stream, as happens when the page is closed.
    await chat.stop();
    await sent;
    const opened = await shown(chat.id);
    expect(roles(opened)).toEqual(['user']);
    const back = openChat(server.url, { id: chat.id, messages: opened });
    const resumed = back.resumeStream();
    await says(back, 'One two ');
    (await asked).release();
    await resumed;
    expect(textOf(back.messages[1])).toBe('One two three.');
    expect(back.messages[1]?.id).toBe(chat.messages[1]?.id);
    expect(partsOf((await shown(chat.id))[1])).toEqual(partsOf(back.messages[1]));
    expect((await api.get(`/ui/chat/${chat.id}/stream`)).status).toBe(204);
    expect((await api.get('/ui/chat/nobody/stream')).status).toBe(204);
  });

  it('is stopped by a command, from wherever it comes', async () => {
    upstream.enqueue(halting(['One '], ['two.']));
    const asked = upstream.call(upstream.calls.length);
    const chat = openChat(server.url);
    const sent = chat.sendMessage({ text: 'Count.' });
    await says(chat, 'One ');
    expect(await api.post(`/ui/chat/${chat.id}/stop`)).toMatchObject({
      status: 200,
      body: { state: { type: 'awaiting_user', reason: 'input' } },
    });
    await sent;
    expect(await (await asked).closedByClient).toBe(true);
    expect(chat.status).toBe('ready');
    expect(textOf(chat.messages[1])).toBe('One ');
    expect(chat.messages[1]?.metadata?.pullcord).toMatchObject({ status: 'cancelled' });
    expect((await shown(chat.id))[1]).toMatchObject({ metadata: { pullcord: { status: 'cancelled' } } });
    expect(await api.post('/ui/chat/nobody/stop')).toMatchObject({ status: 404 });
  });

  it('is stopped by the name of a turn no further than that turn goes', async () => {
    upstream.enqueue(halting(['One '], ['two.']));
    const before = upstream.calls.length;
    const asked = upstream.call(before);
    const chat = openChat(server.url);
    const sent = chat.sendMessage({ text: 'Count.' });
    await says(chat, 'One ');
    const queued = await fetch(`${server.url}/ui/chat`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id: chat.id, messages: [said('And then?')], on_busy: 'queue' }),
    });
    const stop = (turn: string | null) => api.post(`/ui/chat/${chat.id}/stop?turn=${turn}`);
    const waiting = queued.headers.get('x-pullcord-turn');
    expect(await stop(waiting)).toMatchObject({
      status: 200,
      body: { state: { type: 'streaming_response' } },
    });
    expect(await queued.text()).toMatch(/"status":"cancelled"[^]*\[DONE\]\n\n$/);
    expect(await stop(waiting)).toMatchObject({ status: 200, body: { run_id: null } });
    expect(await stop('x')).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    (await asked).release();
    await sent;
    expect(textOf(chat.messages[1])).toBe('One two.');
    expect((await shown(chat.id)).map(textOf)).toEqual(['Count.', 'One two.']);
    expect(upstream.calls).toHaveLength(before + 1);
  });

  it('says why a turn failed, and makes it anew', async () => {
    upstream.enqueue(refusal(400, 'The prompt is wrong.'), answer('Better.'));
    const chat = openChat(server.url);
    await chat.sendMessage({ text: 'Hello?' });
    expect(chat.status).toBe('error');
    expect(chat.error?.message).toContain('The prompt is wrong.');
    await chat.regenerate();
    expect(chat.status).toBe('ready');
    expect(textOf(chat.messages.at(-1))).toBe('Better.');
    expect((await shown(chat.id)).map(textOf)).toEqual(['Hello?', 'Better.']);
  });
});

describe('what was said', () => {
  it('is answered anew, edited, and an earlier answer made anew, each on a branch of its own', async () => {
    upstream.enqueue(answer('A.'), answer('B.'), answer('C.'), answer('D.'), answer('E.'));
    const chat = openChat(server.url);
    await chat.sendMessage({ text: 'First?' });
    await chat.regenerate();
    expect(chat.messages.map(textOf)).toEqual(['First?', 'B.']);
    await chat.sendMessage({ text: 'Second?' });
    const [, , second] = chat.messages;
    await chat.sendMessage({ text: 'Second, please?', messageId: second?.id });
    expect(chat.messages.map(textOf)).toEqual(['First?', 'B.', 'Second, please?', 'D.']);
    expect(await shown(chat.id)).toMatchObject(chat.messages.map(({ id, role }) => ({ id, role })));
    await chat.regenerate({ messageId: chat.messages[1]?.id ?? '' });
    expect(chat.messages.map(textOf)).toEqual(['First?', 'E.']);
    expect((await shown(chat.id)).map(textOf)).toEqual(['First?', 'E.']);
    const { branches } = body(
      await api.get<{ branches: object[] }>(`/contexts/${chat.messages[1]?.metadata?.pullcord?.context_id}`),
    );
    expect(branches).toHaveLength(4);
  });

  it('to nobody, as in a tunnel, is said by asking for its answer anew, and only once', async () => {
    upstream.enqueue(answer('A.'), answer('B.'));
    let isOffline = true;
    const lossy: typeof fetch = (input, init) =>
      isOffline ? Promise.reject(new TypeError('Failed to fetch')) : fetch(input, init);
    const chat = openChat('', { transport: stockTransport(server.url, { fetch: lossy }) });
    await chat.sendMessage({ text: 'Hello?' });
    expect(chat.status).toBe('error');
    isOffline = false;
    for (const text of ['A.', 'B.']) {
      await chat.regenerate();
      expect(chat.error).toBeUndefined();
      expect((await shown(chat.id)).map(textOf)).toEqual(['Hello?', text]);
    }
    expect((await shown(chat.id))[0]?.id).toBe(chat.messages[0]?.id);
  });

  it('once is answered once, though its page says it again', async () => {
    upstream.enqueue(answer('Once.'));
    const before = upstream.calls.length;
    const request = {
      id: 'chat-of-one',
      trigger: 'submit-message',
      messages: [said('Hello?')],
    };
    const first = body(await api.post<string>('/ui/chat', request));
    const second = body(await api.post<string>('/ui/chat', request));
    expect(textIn(second)).toBe(textIn(first));
    expect(upstream.calls).toHaveLength(before + 1);
    expect(await shown('chat-of-one')).toHaveLength(2);
  });

  it('with files is said with them: an image that is shown to the model, and a text that is read to it', async () => {
    const before = upstream.calls.length;
    const chat = openChat(server.url);
    await chat.sendMessage({
      text: 'What is this?',
      files: [
        { type: 'file', mediaType: 'image/png', filename: 'dot.png', url: dot },
        { type: 'file', mediaType: 'text/plain', filename: 'note.txt', url: 'data:text/plain,A%20dot.' },
      ],
    });
    expect(chat.error).toBeUndefined();
    const sent = JSON.stringify((await upstream.call(before)).request.body['messages']);
    expect(sent).toContain(dot);
    expect(sent).toContain('note.txt');
    const [question] = await shown(chat.id);
    expect(question).toMatchObject({
      id: chat.messages[0]?.id,
      parts: [
        { type: 'file', url: expect.stringMatching(/^\/attachments\/.+\/content$/) as string },
        { type: 'file', filename: 'note.txt' },
        { type: 'text', text: 'What is this?' },
      ],
    });
    expect((await shown(chat.id)).map(({ role }) => role)).toEqual(['user', 'assistant']);
  });
});

describe('a tool', () => {
  it('that waits for its user is called once the page approves, in the same message', async () => {
    upstream.enqueue(answer(['Let me look.'], { calls: [time('call_1')] }), answer('It is late.'));
    const chat = openChat(server.url, {
      sendAutomaticallyWhen: lastAssistantMessageIsCompleteWithApprovalResponses,
    });
    await chat.sendMessage({ text: 'What time is it?' });
    expect(callsOf(chat.messages[1])).toEqual(['current_time approval-requested']);
    expect(chat.messages[1]?.metadata?.pullcord).toMatchObject({ awaits: 'tool_approval' });
    expect(await shown(chat.id)).toMatchObject([{}, { id: chat.messages[1]?.id }]);
    expect(callsOf((await shown(chat.id))[1])).toEqual(['current_time approval-requested']);
    await chat.addToolApprovalResponse({ id: 'call_1', approved: true });
    await says(chat, 'Let me look.It is late.');
    await until(() => chat.status === 'ready', { what: 'the end' });
    expect(chat.messages).toHaveLength(2);
    const said = chat.messages[1];
    expect(said?.parts.map(({ type }) => type)).toEqual([
      'step-start',
      'text',
      'dynamic-tool',
      'step-start',
      'text',
    ]);
    expect(callsOf(said)).toEqual(['current_time output-available']);
    expect(said?.metadata?.pullcord).toMatchObject({ awaits: null, status: 'complete' });
    expect(callsOf((await shown(chat.id))[1])).toEqual(['current_time output-available']);
    expect((await shown(chat.id))[1]?.id).toBe(said?.id);
  });

  it('that is denied is not called, and what was decided elsewhere is only followed', async () => {
    upstream.enqueue(answer([], { calls: [time('call_2')] }), answer('Then not.'));
    const chat = openChat(server.url);
    await chat.sendMessage({ text: 'What time is it?' });
    const elsewhere = openChat(server.url, { id: chat.id, messages: await shown(chat.id) });
    for (const page of [chat, elsewhere]) {
      await page.addToolApprovalResponse({ id: 'call_2', approved: false, reason: 'No clocks.' });
      await page.sendMessage();
      expect(page.error).toBeUndefined();
      expect(callsOf(page.messages[1])).toEqual(['current_time output-denied']);
      expect(textOf(page.messages[1])).toBe('Then not.');
    }
    expect(callsOf((await shown(chat.id))[1])).toEqual(['current_time output-denied']);
    const last = upstream.calls.at(-1)?.request.body['messages'];
    expect(JSON.stringify(last)).toContain('No clocks.');
  });
});

const textIn = (stream: string): string =>
  [...stream.matchAll(/"type":"text-delta".*?"delta":"(.*?)"/g)].map(([, delta]) => delta).join('');

/** A PNG of one pixel. */
const dot =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
