// What goes in comes out: every kind of message, and every text that a JSON document can hold.
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { messageKinds } from '../../src/messages/message-kinds.js';
import {
  act,
  appendDeltas,
  beginStream,
  body,
  createContext,
  finalize,
  getContext,
  getMessage,
  pullChunks,
  refusal,
} from '../support/api.js';
import { anyData, anyPayload } from '../support/any-payload.js';
import type { Caller } from '../support/http.js';
import { SharedServer } from '../support/owners.js';

let shared: SharedServer;
// A model is asked with the longest of the texts, too.
const models = JSON.stringify({ 'scripted/default': { context_window: 10_000_000 } });
beforeAll(async () => void (shared = await SharedServer.start({ env: { PULLCORD_MODELS: models } })));

const roundTrips = 12;

/** What the API gives back for a payload that is appended. */
async function afterRoundTrip(api: Caller, id: string, payload: object): Promise<unknown> {
  const { message_id } = await act(api, id, 'append_message', { role: 'user', payload });
  const { kind, data } = await getMessage(api, id, message_id);
  return { kind, data };
}

it.each(messageKinds.filter((kind) => kind !== 'streaming_response'))(
  'gives a message of the kind %s back as it came',
  async (kind) => {
    const api = shared.newOwner();
    const { id } = await createContext(api);
    for (const data of fc.sample<unknown>(anyData[kind], roundTrips)) {
      // As JSON says it: that has no minus zero.
      const said: unknown = JSON.parse(JSON.stringify({ kind, data }));
      expect(await afterRoundTrip(api, id, { kind, data })).toEqual(said);
    }
  },
);

it('takes a streaming_response only as a stream', async () => {
  const api = shared.newOwner();
  const { id } = await createContext(api);
  const [data] = fc.sample(anyData.streaming_response, 1);
  const payload = { kind: 'streaming_response', data };
  const answer = await api.post(`/contexts/${id}/actions/append_message`, { role: 'assistant', payload });
  expect(refusal(answer)).toMatchObject({ status: 400, errors: [{ path: 'payload.kind' }] });

  const stream = await beginStream(api, id, { model: 'their/model', metadata: { a: 1 } });
  const chunks = [
    { kind: 'reasoning', delta: 'Hm. ' },
    { delta: 'Yes' },
    { kind: 'tool_arguments', tool_call_id: 'a\0\ud800b', delta: '{}' },
    { kind: 'reasoning', delta: 'Aha.' },
    { kind: 'text', delta: '.' },
  ];
  body(await api.post(`${stream}/streaming-chunks`, { chunks }));
  const usage = { prompt: 12, completion: 3, reasoning: 2, cached: 0 };
  body(await api.post(`${stream}/finalize`, { finish_reason: 'length', usage }));
  const message = await getMessage(api, id, stream.split('/').at(-1) ?? '');
  expect(message).toMatchObject({
    role: 'assistant',
    kind: 'streaming_response',
    status: 'complete',
    metadata: { source: 'external', client: { a: 1 }, tokens: usage, streaming: { chunks_count: 5 } },
  });
  expect(message.data).toEqual({
    content: 'Yes.',
    reasoning: 'Hm. Aha.',
    model: 'their/model',
    started_at: message.created_at,
    completed_at: expect.any(String) as string,
    finish_reason: 'length',
    usage,
    final_sequence: 5,
  });
  expect((await pullChunks(api, stream)).chunks).toMatchObject(
    chunks.map((chunk) => ({ kind: 'text', ...chunk })),
  );
});

it('keeps a kind that it does not know whole', async () => {
  const api = shared.newOwner();
  const { id } = await createContext(api);
  const data = {
    deep: { est: [[[{ of: 'all' }]], null, 1e300, -0.5, true] },
    'odd name\0': '',
    constructor: 1,
  };
  const payload = { kind: 'weather_card_2', data };
  expect(await afterRoundTrip(api, id, payload)).toEqual(payload);
  for (const any of fc.sample(anyPayload, 3 * roundTrips).filter(({ kind }) => kind !== 'streaming_response'))
    // As JSON says it: -0 is 0 there.
    expect(await afterRoundTrip(api, id, any)).toEqual(JSON.parse(JSON.stringify(any)));
});

it.each(['txet', 'weather_card'])('asks no model with %s, and says with what it would', async (kind) => {
  const api = shared.newOwner();
  const { id } = await createContext(api);
  const path = `/contexts/${id}/actions/send_message`;
  const payload = { kind, data: { content: 'Hello' } };
  expect(refusal(await api.post(path, { payload }))).toMatchObject({
    code: 'invalid_request',
    errors: [
      { path: 'payload.kind', message: expect.stringMatching(/^must be one of text, image, /) as string },
    ],
  });
  expect((await getContext(api, id)).revision).toBe(1);
});

const texts: Readonly<Record<string, string>> = {
  NUL: 'a\0b\0',
  'half a surrogate pair': '\ud83d and \ude00 and \udfff\ud800',
  'emoji of several parts': '👩‍👩‍👧‍👦 🏴‍☠️ e\u0301 🇺🇳',
  'right to left': 'שלום \u202eabc\u202c مرحبا',
  'every control character':
    Array.from({ length: 32 }, (_, n) => String.fromCharCode(n)).join('') + '\x7f\x85',
  'line ends': '\n\r\n\r\u2028\u2029',
  'what looks like something else': `'; DROP TABLE messages; -- \\ \\u0000 %s $1 ? {{x}} <script> null`,
  'the byte order mark and noncharacters': '\ufeff\ufffe\uffff\u{10ffff}',
  'a long text': 'ab👍ש'.repeat(50_000),
};

it.each(Object.entries(texts))('keeps %s in contents, payloads and deltas', async (_, text) => {
  const api = shared.newOwner();
  const { id } = await createContext(api, { config: { model: 'scripted/default' } });
  const payload = { kind: 'text', data: { content: text, display_text: text } };
  expect(await afterRoundTrip(api, id, payload)).toEqual(payload);

  const sent = await act(api, id, 'send_message', { content: text });
  expect((await getMessage(api, id, sent.message_id)).data).toEqual({ content: text });
  await act(api, id, 'cancel');

  const stream = await beginStream(api, id);
  // Cut in two within a pair of surrogates, where there is one.
  const cut = text.search(/[\ud800-\udbff]/) + 1;
  const deltas = [text.slice(0, cut), text.slice(cut)].filter((delta) => delta !== '');
  await appendDeltas(api, stream, ...deltas);
  expect((await pullChunks(api, stream)).chunks.map(({ delta }) => delta)).toEqual(deltas);
  await finalize(api, stream);
  const { data } = await getMessage(api, id, stream.split('/').at(-1) ?? '');
  expect(data).toMatchObject({ content: text });
  const client = text.length < 1000 ? { text, [text]: [text] } : {};
  const { message_id } = await act(api, id, 'append_message', { role: 'user', payload, metadata: client });
  expect((await getMessage(api, id, message_id)).metadata.client).toEqual(client);
});
