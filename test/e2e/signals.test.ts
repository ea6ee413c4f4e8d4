// Protocol 3: what a stream of signals says, and what it never says.
import { afterEach, beforeAll, expect, it } from 'vitest';
import {
  act,
  appendDeltas,
  appendText,
  beginStream,
  body,
  createContext,
  finalize,
  fork,
  getMetadata,
  reaches,
  refused,
} from '../support/api.js';
import { SharedServer } from '../support/owners.js';
import { SseStream, type SseOptions } from '../support/sse.js';
import { until } from '../support/until.js';

let shared: SharedServer;
beforeAll(async () => void (shared = await SharedServer.start()));

const opened: SseStream[] = [];
afterEach(() => opened.splice(0).forEach((stream) => stream.destroy()));

async function open(token: string, path: string, options: SseOptions = {}): Promise<SseStream> {
  const stream = await SseStream.open(shared.server.url + path, { token, ...options });
  opened.push(stream);
  return stream;
}

/** A context of a new owner, and a stream of its signals that has begun. */
async function followed(input: object = {}) {
  const token = shared.newToken();
  const api = shared.as(token);
  const { id } = await createContext(api, input);
  const stream = await open(token, `/contexts/${id}/events`);
  await stream.nextSignal('snapshot');
  return { token, api, id, stream };
}

const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;
const framesOf = (stream: SseStream): string[] =>
  stream.raw.split('\n\n').filter((frame) => /^data:/m.test(frame));

it('begins with its headers, a comment, when to come back, and a snapshot', async () => {
  const { id, stream } = await followed();
  expect(stream.status).toBe(200);
  expect(stream.headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    'x-request-id': expect.any(String) as string,
  });
  expect(stream.headers['content-length']).toBeUndefined();
  expect(stream.raw).toMatch(/^:[^\n]*\nretry: 2000\n\nid: 1\nevent: signal\ndata: \{"type":"snapshot"/);
  expect(stream.signals).toEqual([
    { type: 'snapshot', context_id: id, revision: 1, timestamp, state: { type: 'initial' }, streaming: [] },
  ]);
});

it('tells whoever comes in the middle how far everything is, and replays nothing', async () => {
  const { token, api, id, stream: first } = await followed();
  await appendText(api, id, 'Hello');
  const message = await beginStream(api, id);
  await appendDeltas(api, message, 'a', 'b');
  const message_id = message.split('/').at(-1);
  const path = `/contexts/${id}/events`;
  const streams = [
    await open(token, path),
    await open(token, path, { lastEventId: first.lastEventId }),
    await open(token, path, { lastEventId: '1' }),
    await open(token, path, { lastEventId: 'nonsense' }),
    await open(token, `${path}?last_event_id=1`),
  ];
  const { revision } = await getMetadata(api, id);
  const snapshot = {
    type: 'snapshot',
    context_id: id,
    revision,
    timestamp,
    state: { type: 'streaming_response', message_id },
    streaming: [{ message_id, current_sequence: 2 }],
  };
  for (const stream of streams) expect(await stream.nextSignal()).toEqual(snapshot);
  await appendDeltas(api, message, 'c');
  for (const stream of streams)
    expect(await stream.nextSignal()).toMatchObject({
      type: 'content_delta',
      message_id,
      current_sequence: 3,
    });
});

it('names each event by the revision that it announces, and tells of each change in order', async () => {
  const { api, id, stream } = await followed();
  const { message_id } = await appendText(api, id, 'Hello');
  const message = await beginStream(api, id);
  await appendDeltas(api, message, 'a', 'b', 'c');
  await finalize(api, message);
  await stream.nextSignal('message_completed');
  const common = { context_id: id, timestamp };
  const streamed = message.split('/').at(-1);
  const written = { message_id: streamed, kind: 'streaming_response', role: 'assistant' };
  const steps = (revision: number, previous: object, next: object) => {
    return { type: 'state_changed', ...common, revision, previous_state: previous, new_state: next };
  };
  const [initial, input] = [{ type: 'initial' }, { type: 'awaiting_user', reason: 'input' }];
  const active = { type: 'active', stage: 'validating' };
  const asked = { type: 'awaiting_llm', request_id: expect.any(String) as string };
  const streaming = { type: 'streaming_response', message_id: streamed };
  expect(stream.signals.slice(1)).toEqual([
    steps(2, initial, active),
    { type: 'message_created', ...common, revision: 2, message_id, kind: 'text', role: 'user' },
    steps(3, active, input),
    steps(4, input, active),
    steps(5, active, expect.objectContaining(asked) as object),
    steps(6, expect.objectContaining(asked) as object, streaming),
    { type: 'message_created', ...common, revision: 6, ...written },
    { type: 'content_delta', ...common, revision: 6, message_id: streamed, current_sequence: 3 },
    steps(7, streaming, input),
    { type: 'message_completed', ...common, revision: 7, ...written, final_sequence: 3, status: 'complete' },
  ]);
  for (const [n, event] of stream.events.entries()) {
    expect(event.event).toBe('signal');
    expect(event.id).toBe(String(stream.signals[n]?.revision));
  }
});

it('says which fields of a context have changed, and not to what', async () => {
  const { api, id, stream } = await followed({ config: { mode: 'chat' } });
  const prompt = await api.post<{ id: string }>('/system-prompts', { name: 'SECRET', content: 'SECRET' });
  const changes: readonly [object, readonly string[]][] = [
    [{ title: 'SECRET' }, ['title']],
    [{ title: null }, ['title']],
    [{ config: { system_prompt: 'SECRET', mode: null } }, ['config']],
    [{ title: 'SECRET', config: { system_prompt_id: body(prompt, 201).id } }, ['title', 'config']],
  ];
  for (const [patch, changed] of changes) {
    const { revision } = body(await api.patch<{ revision: number }>(`/contexts/${id}`, patch));
    const signal = await stream.nextSignal('context_updated');
    expect({ ...signal, changed: [...(signal.changed as string[])].sort() }).toEqual({
      type: 'context_updated',
      context_id: id,
      revision,
      timestamp,
      changed: [...changed].sort(),
    });
  }
  const { message_id } = await appendText(api, id, 'SECRET');
  await fork(api, id, message_id, '/echo SECRET');
  expect(await stream.nextSignal('context_updated')).toMatchObject({
    changed: ['active_branch', 'branches'],
  });
  await act(api, id, 'switch_branch', { branch: 'main' });
  expect(await stream.nextSignal('context_updated')).toMatchObject({ changed: ['active_branch'] });
  expect(stream.raw).not.toContain('SECRET');
});

it('keeps every event small and free of what people wrote, however much that is', async () => {
  const { api, id, stream } = await followed();
  const long = `SECRET${'👩‍👩‍👧'.repeat(60)}`;
  body(await api.patch(`/contexts/${id}`, { title: long.slice(0, 200), config: { system_prompt: long } }));
  const data = { content: long.repeat(100) };
  const kind = 'k'.repeat(64);
  await act(api, id, 'append_message', { role: 'user', payload: { kind, data }, metadata: { long } });
  await act(api, id, 'send_message', {
    content: `/pace 0\n/reason\n/tool ${'SECRET_tool'} {"a":"SECRET"}\n${long}`,
  });
  await reaches(api, id, 'awaiting_user');
  const message = await beginStream(api, id, { model: 'SECRET' });
  const delta = { kind: 'tool_arguments', tool_call_id: 'SECRET', delta: long };
  body(await api.post(`${message}/streaming-chunks`, { chunks: [delta] }));
  await finalize(api, message, 'error');
  await reaches(api, id, 'error');
  await stream.nextSignal('message_completed');
  await until(() => stream.signals.some(({ status }) => status === 'failed'), { what: 'the last signal' });
  expect(framesOf(stream).length).toBeGreaterThan(15);
  for (const frame of framesOf(stream)) expect(Buffer.byteLength(frame)).toBeLessThan(1024);
  expect(stream.raw).not.toContain('SECRET');
  expect(stream.signals.some(({ type }) => type === 'resync')).toBe(false);
});

it('tells of the deletion of a context, last of all', async () => {
  const { token, api, id, stream } = await followed();
  const [named, all] = [await open(token, `/events?contexts=${id}`), await open(token, '/events')];
  body(await api.delete(`/contexts/${id}`), 204);
  for (const each of [stream, named, all])
    expect(await each.nextSignal('context_deleted')).toEqual({
      type: 'context_deleted',
      context_id: id,
      revision: 2,
      timestamp,
      changed: [],
    });
  expect(refused(await api.get(`/contexts/${id}/events`))).toBe('404 context_not_found');
});
