// An external producer: its model runs elsewhere, and its stream is kept and served here.
import { beforeAll, expect, it } from 'vitest';
import {
  act,
  appendDeltas,
  appendText,
  beginStream,
  body,
  createContext,
  finalize,
  getContext,
  getMessage,
  getMetadata,
  getPage,
  pullChunks,
  reaches,
  refusal,
  type Accepted,
} from '../support/api.js';
import type { Caller } from '../support/http.js';
import { SharedServer } from '../support/owners.js';
import { until } from '../support/until.js';

let shared: SharedServer;
beforeAll(async () => void (shared = await SharedServer.start()));

const idIn = (stream: string): string => stream.split('/').at(-1) ?? '';

async function streaming(...deltas: readonly string[]) {
  const api = shared.newOwner();
  const { id } = await createContext(api);
  const stream = await beginStream(api, id);
  if (deltas.length > 0) await appendDeltas(api, stream, ...deltas);
  return { api, id, stream };
}

const append = (api: Caller, stream: string, delta: string, expected_sequence?: number) =>
  api.post<{ current_sequence: number }>(`${stream}/streaming-chunks`, {
    chunks: [{ delta }],
    ...(expected_sequence !== undefined && { expected_sequence }),
  });
const deltas = async (api: Caller, stream: string): Promise<string[]> =>
  (await pullChunks(api, stream)).chunks.map(({ delta }) => delta);

it('begins a message, and says where it is', async () => {
  const api = shared.newOwner();
  const { id } = await createContext(api);
  const begun = await api.post<Accepted>(`/contexts/${id}/messages/streaming`);
  const { message_id } = body(begun, 201);
  const state = { type: 'streaming_response', message_id, sequence: 0 };
  expect(begun.body).toEqual({ context_id: id, message_id, state, revision: 4, current_sequence: 0 });
  expect(begun.headers.get('location')).toBe(`/contexts/${id}/messages/${message_id}`);
  expect(body(await api.get(begun.headers.get('location') ?? ''))).toMatchObject({
    id: message_id,
    role: 'assistant',
    kind: 'streaming_response',
    status: 'streaming',
    data: { content: '', model: 'external', final_sequence: 0 },
  });
});

it('numbers what is appended without gaps, and is at the same place for everybody', async () => {
  const { api, id, stream } = await streaming();
  expect(await appendDeltas(api, stream, 'a', 'b')).toBe(2);
  const third = await append(api, stream, 'c', 2);
  expect(body(third)).toEqual({ message_id: idIn(stream), current_sequence: 3 });
  expect(await deltas(api, stream)).toEqual(['a', 'b', 'c']);
  const { revision, streaming: open } = await getMetadata(api, id);
  expect(open).toEqual([{ message_id: idIn(stream), current_sequence: 3 }]);
  // The inside of a streaming message is no change of the context.
  expect(revision).toBe(4);
});

it('makes a repeat safe: the sequence that is expected must be the one it is at', async () => {
  const { api, stream } = await streaming();
  expect((await append(api, stream, 'a', 0)).status).toBe(200);
  for (const expected of [0, 2, Number.MAX_SAFE_INTEGER])
    expect(refusal(await append(api, stream, 'a', expected))).toMatchObject({
      status: 409,
      code: 'sequence_mismatch',
      current_sequence: 1,
    });
  expect((await append(api, stream, 'b', 1)).status).toBe(200);
  expect(await deltas(api, stream)).toEqual(['a', 'b']);
});

it('lets exactly one of many with the same expectation win', async () => {
  const { api, stream } = await streaming('-');
  const letters = [...'abcdefghij'];
  const answers = await Promise.all(letters.map((letter) => append(api, stream, letter, 1)));
  const won = letters.filter((_, n) => answers[n]?.status === 200);
  expect(won).toHaveLength(1);
  for (const lost of answers.filter(({ status }) => status !== 200))
    expect(refusal(lost)).toMatchObject({ status: 409, code: 'sequence_mismatch', current_sequence: 2 });
  expect(await deltas(api, stream)).toEqual(['-', ...won]);
});

it('keeps what belongs together in one piece when many append at once', async () => {
  const { api, stream } = await streaming();
  const letters = [...'abcdefghijkl'];
  const ends = await Promise.all(letters.map((letter) => appendDeltas(api, stream, letter, letter, letter)));
  expect(ends.toSorted((a, b) => a - b)).toEqual(letters.map((_, n) => 3 * (n + 1)));
  const { chunks } = await pullChunks(api, stream);
  expect(chunks.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 36 }, (_, n) => n + 1));
  letters.forEach((letter, n) => {
    const end = ends[n] ?? 0;
    expect(chunks.slice(end - 3, end).map(({ delta }) => delta)).toEqual([letter, letter, letter]);
  });
});

it('is final after finalize: nothing is added any more, nothing is ended twice', async () => {
  const { api, id, stream } = await streaming('Hel', 'lo');
  const answer = await api.post(`${stream}/finalize`, { finish_reason: 'stop' });
  const state = { type: 'awaiting_user', reason: 'input' };
  expect(body(answer)).toEqual({
    message_id: idIn(stream),
    status: 'complete',
    final_sequence: 2,
    state,
    revision: 5,
  });
  const over = { status: 409, code: 'stream_closed', current_sequence: 2 };
  expect(refusal(await append(api, stream, '!'))).toMatchObject(over);
  expect(refusal(await append(api, stream, '!', 2))).toMatchObject(over);
  expect(refusal(await api.post(`${stream}/finalize`, { finish_reason: 'stop' }))).toMatchObject(over);
  expect(await getMessage(api, id, idIn(stream))).toMatchObject({
    status: 'complete',
    data: { content: 'Hello', finish_reason: 'stop', final_sequence: 2 },
  });
  expect(await getContext(api, id)).toMatchObject({ state, streaming: [], revision: 5 });
});

it('keeps what a producer that failed has sent, and lets the user go on', async () => {
  const { api, id, stream } = await streaming('Hel');
  await finalize(api, stream, 'error');
  expect(await getMessage(api, id, idIn(stream))).toMatchObject({
    status: 'failed',
    data: { content: 'Hel', finish_reason: 'error' },
  });
  expect((await getMetadata(api, id)).state).toMatchObject({
    type: 'error',
    code: 'producer_failed',
    retryable: true,
  });
  const next = await beginStream(api, id);
  expect(next).not.toBe(stream);
});

it('leaves the message of a run to the run', async () => {
  const api = shared.newOwner();
  const { id } = await createContext(api);
  await act(api, id, 'send_message', { content: '/stall 3' });
  const { streaming: open } = await until(
    async () => {
      const seen = await getMetadata(api, id);
      return seen.streaming[0]?.current_sequence === 3 && seen;
    },
    { what: 'three words of the run' },
  );
  const stream = `/contexts/${id}/messages/${open[0]?.message_id}`;
  for (const answer of [
    await append(api, stream, 'x'),
    await append(api, stream, 'x', 3),
    await api.post(`${stream}/finalize`, { finish_reason: 'stop' }),
  ])
    expect(refusal(answer)).toMatchObject({ status: 409, code: 'stream_closed' });
  expect((await pullChunks(api, stream)).current_sequence).toBe(3);
  const { message_id } = (await getPage(api, id)).messages.map(({ id }) => ({ message_id: id }))[0] ?? {};
  const text = `/contexts/${id}/messages/${message_id}`;
  expect(refusal(await append(api, text, 'x'))).toMatchObject({ status: 409, code: 'stream_closed' });
  await act(api, id, 'cancel');
});

it('is as busy as with a run of its own', async () => {
  const { api, id, stream } = await streaming('Hel');
  const state = { type: 'streaming_response', message_id: idIn(stream) };
  for (const path of ['actions/send_message', 'actions/append_message', 'messages/streaming']) {
    const payload = { kind: 'text', data: { content: 'x' } };
    const input = { 'actions/append_message': { payload, role: 'user' }, 'messages/streaming': {} }[path];
    const answer = await api.post(`/contexts/${id}/${path}`, input ?? { payload });
    expect(refusal(answer), path).toMatchObject({ status: 409, code: 'context_busy', state });
    expect(refusal(answer).allowed_actions, path).toContain('cancel');
  }
  const queued = await act(api, id, 'send_message', { content: '/echo Second', on_busy: 'queue' });
  expect((await getMetadata(api, id)).state).toMatchObject(state);
  await finalize(api, stream);
  await reaches(api, id, 'awaiting_user');
  expect((await getPage(api, id)).messages).toMatchObject([
    { id: idIn(stream), data: { content: 'Hel' } },
    { id: queued.message_id },
    { status: 'complete', data: { content: 'Second' } },
  ]);
});

it('ends by cancel, from anywhere, with everything that came', async () => {
  const { api, id, stream } = await streaming('Hel', 'lo');
  expect(await act(api, id, 'cancel')).toEqual({
    context_id: id,
    run_id: null,
    state: { type: 'awaiting_user', reason: 'input' },
    revision: 5,
  });
  expect(await act(api, id, 'cancel')).toMatchObject({ run_id: null, revision: 5 });
  expect(await getMessage(api, id, idIn(stream))).toMatchObject({
    status: 'cancelled',
    data: { content: 'Hello', final_sequence: 2 },
  });
  expect(refusal(await append(api, stream, 'x'))).toMatchObject({
    code: 'stream_closed',
    current_sequence: 2,
  });
  expect(await pullChunks(api, stream, '?after=1')).toMatchObject({
    status: 'cancelled',
    finish_reason: null,
  });
});

it('makes way for a message that interrupts it', async () => {
  const { api, id, stream } = await streaming('Hel');
  await act(api, id, 'send_message', { content: '/echo Now', on_busy: 'interrupt' });
  await reaches(api, id, 'awaiting_user');
  const { messages } = await getPage(api, id);
  expect(messages.map(({ status }) => status)).toEqual(['cancelled', 'complete', 'complete']);
  expect((await append(api, stream, 'x')).status).toBe(409);
});

it('writes to the branch that it names', async () => {
  const api = shared.newOwner();
  const { id } = await createContext(api);
  await appendText(api, id, 'Hello');
  expect(refusal(await api.post(`/contexts/${id}/messages/streaming`, { branch: 'none' }))).toMatchObject({
    status: 404,
    code: 'branch_not_found',
  });
  const stream = await beginStream(api, id, { branch: 'main' });
  await finalize(api, stream);
  expect((await getPage(api, id, '?branch=main')).messages).toHaveLength(2);
});
