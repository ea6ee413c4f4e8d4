// The library's transport for the AI SDK: the SDK's own Chat on it, over a network that can be cut.
import { PullcordChatTransport, type PullcordChatOptions, type PullcordError } from '@pullcord/client/ai-sdk';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { startServerOn } from '../support/context-client.js';
import { answer, FakeUpstream, type UpstreamCall } from '../support/fake-upstream.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { caller, type Caller } from '../support/http.js';
import type { TestServer } from '../support/server.js';
import {
  halting,
  openChat,
  says,
  shownBy,
  textOf,
  type PageChat,
  type ShownMessage,
} from '../support/ui-chat.js';
import { until } from '../support/until.js';

let upstream: FakeUpstream;
let server: TestServer;
let api: Caller;
let proxy: FaultProxy;
let token: string;
let chats = 0;
let id: string;

beforeAll(async () => {
  upstream = await FakeUpstream.start();
  server = await startServerOn(upstream, {
    PULLCORD_DEFAULT_MODEL: 'openai/gpt-4o-mini',
    PULLCORD_TOKENS: 'ada:token-of-ada',
  });
  api = caller(server, { token: 'token-of-ada' });
});
beforeEach(async () => {
  proxy = await FaultProxy.listen(server);
  token = 'token-of-ada';
  id = `chat ${chats++}`;
});
afterEach(() => proxy.close());
afterAll(() => upstream.close());

const openTransport = (more: PullcordChatOptions = {}): PullcordChatTransport<ShownMessage> =>
  new PullcordChatTransport<ShownMessage>({
    baseUrl: proxy.url,
    token: () => token,
    maxRetryDelayMs: 20,
    ...more,
  });

const open = (transport = openTransport(), messages: ShownMessage[] = []) =>
  openChat('', { id, transport, messages });

/** An answer that halts after its first words, and the call to the model that gives it. */
function halt(): Promise<UpstreamCall> {
  upstream.enqueue(halting(['One ', 'two '], ['three.']));
  return upstream.call(upstream.calls.length);
}

/** A chat whose answer has halted after its first words. */
async function beginToCount() {
  const call = halt();
  const chat = open();
  const sent = chat.sendMessage({ text: 'Count.' });
  await says(chat, 'One two ');
  return { chat, call, sent };
}

const isStopped = async (call: Promise<UpstreamCall>): Promise<boolean> => (await call).closedByClient;
const roles = (messages: readonly ShownMessage[]): string => messages.map(({ role }) => role).join(' ');
const shown = (): Promise<ShownMessage[]> => shownBy(api, encodeURIComponent(id));

it('mends a connection that breaks, and its page does not notice', async () => {
  const call = halt();
  const chat = open();
  const seen: string[] = [];
  const sent = chat.sendMessage({ text: 'Count.' });
  await says(chat, 'One two ');
  seen.push(chat.status);
  proxy.cut();
  (await call).release();
  await sent;
  expect([...seen, chat.status]).toEqual(['streaming', 'ready']);
  expect(textOf(chat.messages[1])).toBe('One two three.');
  expect(chat.messages).toHaveLength(2);
  expect(await shown()).toMatchObject([{ id: chat.messages[0]?.id }, { id: chat.messages[1]?.id }]);
});

it('sends a message again whose answer was lost, and it is said once', async () => {
  upstream.enqueue(answer('Once.'));
  const before = upstream.calls.length;
  // What is swallowed on the way is given up after a while.
  const chat = open(openTransport({ requestTimeoutMs: 5000 }));
  proxy.rain({ requests: 1, streams: 0, signals: 0 });
  const sent = chat.sendMessage({ text: 'Hello?' });
  await until(() => proxy.requests > 1, { what: 'a second try' });
  proxy.rain({ requests: 0, streams: 0, signals: 0 });
  await sent;
  expect(textOf(chat.messages[1])).toBe('Once.');
  expect((await shown()).map(textOf)).toEqual(['Hello?', 'Once.']);
  expect(upstream.calls).toHaveLength(before + 1);
});

it('stops what it began, and sends the next message only then', async () => {
  const { chat, call, sent } = await beginToCount();
  await chat.stop();
  await sent;
  await chat.sendMessage({ text: 'And now?' });
  expect(chat.error).toBeUndefined();
  expect(await isStopped(call)).toBe(true);
  expect((await shown()).map(textOf)).toEqual(['Count.', 'One two ', 'And now?', 'Hello.']);
});

it('stops a message that is still on its way', async () => {
  const before = upstream.calls.length;
  upstream.enqueue(halting(['One ', 'two '], ['three.']));
  const path = `/ui/chat/${encodeURIComponent(id)}/messages`;
  let isAsked = false;
  let letThrough = (): void => undefined;
  const gate = new Promise<void>((resolve) => (letThrough = resolve));
  const slowFetch: typeof fetch = async (input, init) => {
    isAsked = true;
    await gate;
    return fetch(input, init);
  };
  const chat = open(openTransport({ fetch: slowFetch }));
  const sent = chat.sendMessage({ text: 'Count.' });
  await until(() => isAsked, { what: 'the message to be sent' });
  await chat.stop();
  await sent;
  expect(chat.status).toBe('ready');
  letThrough();
  const rests = async (): Promise<boolean> => {
    const { headers, body: messages } = await api.get<ShownMessage[]>(path);
    return messages.length > 0 && !headers.has('x-pullcord-turn');
  };
  await until(rests, { what: 'a chat in which nothing is under way' });
  expect(roles(await shown())).toMatch(/^user( assistant)?$/);
  // It may have been stopped before a model was asked.
  for (const call of upstream.calls.slice(before)) expect(await call.closedByClient).toBe(true);
  upstream.clear();
});

it('stops a message that waits in line, and leaves alone what is under way', async () => {
  const before = upstream.calls.length;
  const { chat: first, call, sent } = await beginToCount();
  await findsItBusy(await sendAndStop({ body: { on_busy: 'queue' } }));
  (await call).release();
  await sent;
  expect(textOf(first.messages[1])).toBe('One two three.');
  expect((await shown()).map(textOf)).toEqual(['Count.', 'One two three.']);
  expect(upstream.calls).toHaveLength(before + 1);
});

it('stops nothing where its message was refused', async () => {
  const { call, sent } = await beginToCount();
  await findsItBusy(await sendAndStop({ body: { on_busy: 'reject' } }));
  (await call).release();
  await sent;
  expect((await shown()).map(textOf)).toEqual(['Count.', 'One two three.']);
});

/** Sent only once the stop before it is through, and refused because a turn is still under way. */
async function findsItBusy(chat: PageChat): Promise<void> {
  await chat.sendMessage({ text: 'Busy?' }, { body: { on_busy: 'reject' } });
  expect(chat.error).toMatchObject({ problem: { code: 'context_busy' } });
}

/** Sends a message, and presses stop as soon as it is on its way. */
async function sendAndStop(options: PullcordChatOptions): Promise<PageChat> {
  let note = (): void => undefined;
  const asked = new Promise<void>((resolve) => (note = resolve));
  const noting: typeof fetch = (input, init) => {
    note();
    return fetch(input, init);
  };
  const chat = open(openTransport({ ...options, fetch: noting }));
  const sent = chat.sendMessage({ text: 'And then?' });
  await asked;
  await chat.stop();
  await sent;
  return chat;
}

it('resumes after a reload, and then stops what the page before it began', async () => {
  const call = halt();
  const first = open();
  void first.sendMessage({ text: 'Count.' });
  await says(first, 'One two ');
  const transport = openTransport();
  const second = open(transport, await transport.messages(id));
  const resumed = second.resumeStream();
  await says(second, 'One two ');
  expect(second.messages[1]?.id).toBe(first.messages[1]?.id);
  await second.stop();
  await resumed;
  expect(await isStopped(call)).toBe(true);
  await until(() => first.status === 'ready', { what: 'the first page to hear of it' });
  expect(first.messages[1]?.metadata?.pullcord).toMatchObject({ status: 'cancelled' });
});

it('tells of a turn also where it ended between opening the chat and resuming it', async () => {
  const call = halt();
  const first = open();
  const sent = first.sendMessage({ text: 'Count.' });
  await says(first, 'One two ');
  const transport = openTransport();
  const second = open(transport, await transport.messages(id));
  expect(second.messages).toHaveLength(1);
  (await call).release();
  await sent;
  await second.resumeStream();
  expect(second.messages.map(textOf)).toEqual(['Count.', 'One two three.']);
});

it('does not tell again of a turn that it has told, but of the one that is under way', async () => {
  const call = halt();
  const first = open();
  const sent = first.sendMessage({ text: 'Count.' });
  await says(first, 'One two ');
  const transport = openTransport();
  const second = open(transport, await transport.messages(id));
  const resumed = second.resumeStream();
  await says(second, 'One two ');
  (await call).release();
  await Promise.all([sent, resumed]);
  expect(await transport.reconnectToStream({ chatId: id })).toBeNull();
  upstream.enqueue(halting(['Four '], ['five.']));
  const next = upstream.call(upstream.calls.length);
  const more = first.sendMessage({ text: 'On.' });
  await says(first, 'Four ');
  const again = second.resumeStream();
  await says(second, 'Four ');
  (await next).release();
  await Promise.all([more, again]);
  expect(textOf(second.messages.at(-1))).toBe('Four five.');
});

it('does not stop a turn because one resume takes the place of another', async () => {
  const call = halt();
  const first = open();
  void first.sendMessage({ text: 'Count.' });
  await says(first, 'One two ');
  const transport = openTransport();
  const second = open(transport, await transport.messages(id));
  const resumes = [second.resumeStream(), second.resumeStream()];
  await says(second, 'One two ');
  resumes.push(second.resumeStream());
  (await call).release();
  await Promise.all(resumes);
  expect(textOf(second.messages[1])).toBe('One two three.');
  expect((await shown())[1]).toMatchObject({ metadata: { pullcord: { status: 'complete' } } });
});

it('says why it was refused, asks for a token anew, and knows no chat of others', async () => {
  token = 'token-of-nobody';
  const chat = open();
  await chat.sendMessage({ text: 'Hello?' });
  expect(chat.error).toMatchObject({
    name: 'PullcordError',
    problem: { code: 'unauthorized', status: 401 },
  } satisfies Partial<Record<keyof PullcordError, unknown>>);
  token = 'token-of-ada';
  await chat.regenerate();
  expect(chat.error).toBeUndefined();
  expect(chat.status).toBe('ready');
  expect(textOf(chat.messages.at(-1))).toBe('Hello.');
});
