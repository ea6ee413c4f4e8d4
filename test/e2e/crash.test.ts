// kill -9 at moments that nobody chose, and what must be there after the restart.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Message } from '../../src/messages/message-kinds.js';
import {
  act,
  appendDeltas,
  beginStream,
  body,
  createContext,
  finalize,
  getMetadata,
  pullChunks,
  reaches,
  type Accepted,
  type ChunkPage,
} from '../support/api.js';
import { dialect } from '../support/databases.js';
import { answer, FakeUpstream, partial, stall, type Plan } from '../support/fake-upstream.js';
import { caller, type Answer } from '../support/http.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';
import { allChunks, allMessages, settled, streamOf } from '../support/whole-pulls.js';

type Chunk = ChunkPage['chunks'][number];

const streams = 20;
const words = Array.from(
  { length: 400 },
  (_, n) => `${['snöd', '雨', '🌧️', 'rain', '\u0000\n'][n % 5]}${n} `,
);
const text = words.join('');
/** Never comes to its end, so that every answer is in mid-stream when the server is killed. */
const endless: Plan = { ...partial(words, stall), paceMs: 2 };
const interrupted = { type: 'error', code: 'interrupted', retryable: true };
const usersTurn = { type: 'awaiting_user', reason: 'input' };

let upstream: FakeUpstream;
let server: TestServer;
const address = {
  get url() {
    return server.url;
  },
};
const api = caller(address);

beforeAll(async () => {
  upstream = await FakeUpstream.start();
  server = await startServer({
    env: {
      OPENAI_BASE_URL: upstream.url,
      PULLCORD_DEFAULT_MODEL: 'openai/fake-1',
      // On PostgreSQL the dead process's lease must lapse before its runs are anybody else's.
      PULLCORD_RUN_LEASE_MS: '500',
      PULLCORD_MAX_TOOL_DEPTH: '2',
    },
  });
});
afterAll(() => upstream.close());

const many = <Made>(count: number, make: () => Promise<Made>): Promise<Made[]> =>
  Promise.all(Array.from({ length: count }, make));
const begin = async (): Promise<string> => (await createContext(api)).id;
const send = (id: string, content: string, more: object = {}): Promise<Accepted> =>
  act(api, id, 'send_message', { content, ...more });
const getMessage = async (stream: string): Promise<Message> => body(await api.get<Message>(stream));
const usersOf = async (id: string): Promise<string[]> =>
  (await allMessages(api, id)).filter(({ role }) => role === 'user').map((message) => message.id);

/** A context in the middle of an endless answer, and what pulls have given of it. */
interface Followed {
  readonly id: string;
  readonly stream: string;
  readonly seen: Chunk[];
}

async function beginAnswer(): Promise<Followed> {
  const id = await begin();
  await send(id, 'Talk without an end.');
  return { id, stream: await streamOf(api, id), seen: [] };
}

describe('kill -9 while 20 answers stream', () => {
  it.each([1, 2, 3])(
    'loses nothing that a pull has given, and leaves no context stuck: round %i',
    async () => {
      upstream.on(() => endless);
      const followed = await many(streams, beginAnswer);
      await pullUntilKilled(followed, streams + Math.floor(Math.random() * streams * 200));
      upstream.on(() => answer(text));
      await server.restart();
      await Promise.all(followed.map(expectKept));
      await Promise.all(followed.map(expectRetried));
    },
  );

  /** Pulls on and on, and kills the server once that many chunks were pulled in all. */
  async function pullUntilKilled(followed: readonly Followed[], killAt: number): Promise<void> {
    let pulled = 0;
    const pull = async ({ stream, seen }: Followed): Promise<void> => {
      while (pulled < killAt) {
        const { chunks } = await pullChunks(api, stream, `?after=${seen.length}`);
        seen.push(...chunks);
        pulled += chunks.length;
      }
      server.signal('SIGKILL');
    };
    // The others' connections break in the middle of a pull.
    const pulls = await Promise.allSettled(followed.map(pull));
    expect(pulls.some(({ status }) => status === 'fulfilled')).toBe(true);
  }

  async function expectKept({ id, stream, seen }: Followed): Promise<void> {
    // On SQLite nobody else can own a run: it is put right before the first request is answered.
    const { state, streaming } = await (dialect === 'sqlite' ? getMetadata(api, id) : settled(api, id));
    expect(state).toMatchObject(interrupted);
    expect(streaming).toEqual([]);
    const { chunks, ...page } = await allChunks(api, stream);
    expect(chunks.slice(0, seen.length)).toEqual(seen);
    expect(chunks.map(({ sequence }) => sequence)).toEqual(chunks.map((_, index) => index + 1));
    expect(page).toMatchObject({
      status: 'interrupted',
      finish_reason: null,
      current_sequence: chunks.length,
    });
    const content = chunks.map(({ delta }) => delta).join('');
    expect(text.startsWith(content)).toBe(true);
    const data = { content, final_sequence: chunks.length };
    expect(await getMessage(stream)).toMatchObject({ status: 'interrupted', data });
  }

  async function expectRetried({ id, stream }: Followed): Promise<void> {
    const before = await getMessage(stream);
    await act(api, id, 'retry');
    expect((await settled(api, id)).state).toEqual(usersTurn);
    const messages = await allMessages(api, id);
    expect(messages.map(({ role, status }) => `${role} ${status}`)).toEqual([
      'user complete',
      'assistant interrupted',
      'assistant complete',
    ]);
    expect(messages[1]).toEqual(before);
    expect(messages[2]?.data).toMatchObject({ content: text });
  }
});

describe('kill -9 keeps', () => {
  it('messages that were queued: they are answered in their order', async () => {
    upstream.on(() => endless);
    const { id, stream } = await beginAnswer();
    const second = await send(id, 'second', { on_busy: 'queue' });
    const third = await send(id, 'third', { on_busy: 'queue' });
    upstream.on(() => answer('Here you are.'));
    await server.restart();
    await reaches(api, id, 'awaiting_user');
    const messages = await allMessages(api, id);
    expect(messages.map(({ role, status }) => `${role} ${status}`)).toEqual([
      'user complete',
      'assistant interrupted',
      'user complete',
      'assistant complete',
      'user complete',
      'assistant complete',
    ]);
    expect(stream).toContain(messages[1]?.id);
    expect([messages[2]?.id, messages[4]?.id]).toEqual([second.message_id, third.message_id]);
    expect([messages[3]?.metadata.run_id, messages[5]?.metadata.run_id]).toEqual([
      second.run_id,
      third.run_id,
    ]);
  });

  it('contexts in which nothing is under way, to the last field', async () => {
    const scripted = { model: 'scripted/default' };
    const looping = await begin();
    await send(looping, '/tool weather {"city":"Oslo"}\n/rounds 9', scripted);
    expect((await settled(api, looping)).state).toMatchObject({ reason: 'depth_limit' });
    const failed = await begin();
    await send(failed, '/fail', scripted);
    expect((await settled(api, failed)).state).toMatchObject({ type: 'error', code: 'upstream_error' });
    const archived = await begin();
    await act(api, archived, 'archive');
    const all = [looping, failed, archived, await begin()];
    const look = (): Promise<unknown> => Promise.all(all.map((id) => getMetadata(api, id)));
    const before = await look();
    await server.restart();
    expect(await look()).toEqual(before);
    await act(api, looping, 'continue');
    expect((await settled(api, looping)).state).toMatchObject({ reason: 'depth_limit' });
  });

  it('runs that were accepted and not begun: they are simply run', async () => {
    upstream.on(() => endless);
    await server.restart({ PULLCORD_MAX_CONCURRENT_RUNS: '1' });
    const first = await beginAnswer();
    const waiting = await begin();
    await send(waiting, 'And I?');
    expect((await getMetadata(api, waiting)).state.type).toBe('active');
    upstream.on(() => answer('You too.'));
    await server.restart({ PULLCORD_MAX_CONCURRENT_RUNS: '500' });
    expect((await settled(api, waiting)).state).toEqual(usersTurn);
    expect((await allMessages(api, waiting)).map(({ status }) => status)).toEqual(['complete', 'complete']);
    expect((await settled(api, first.id)).state).toMatchObject(interrupted);
  });

  it('a title that was being made: it is made anew', async () => {
    upstream.on(() => answer('Hello.'));
    const id = await begin();
    await send(id, 'Hello');
    await settled(api, id);
    const calls = upstream.calls.length;
    upstream.on(() => endless);
    await act(api, id, 'generate_title');
    await upstream.call(calls);
    upstream.on(() => answer('A Greeting'));
    await server.restart();
    const titled = await until(
      async () => {
        const seen = await getMetadata(api, id);
        return seen.title !== null && seen;
      },
      { what: 'a title' },
    );
    expect(titled).toMatchObject({ title: 'A Greeting', state: usersTurn });
  });

  it('the stream of an external producer, who goes on where it was', async () => {
    const id = await begin();
    const stream = await beginStream(api, id);
    expect(await appendDeltas(api, stream, 'one ', 'two ', 'three ')).toBe(3);
    const before = [await getMetadata(api, id), await allChunks(api, stream)];
    await server.restart();
    expect([await getMetadata(api, id), await allChunks(api, stream)]).toEqual(before);
    const append = (expected_sequence: number, ...deltas: readonly string[]): Promise<Answer<unknown>> => {
      const chunks = deltas.map((delta) => ({ delta }));
      return api.post(`${stream}/streaming-chunks`, { chunks, expected_sequence });
    };
    // A producer that did not get its last answer asks again.
    const repeated = { status: 409, body: { code: 'sequence_mismatch', current_sequence: 3 } };
    expect(await append(1, 'two ', 'three ')).toMatchObject(repeated);
    expect(await append(3, 'four')).toMatchObject({ status: 200, body: { current_sequence: 4 } });
    await finalize(api, stream);
    const data = { content: 'one two three four', final_sequence: 4 };
    expect(await getMessage(stream)).toMatchObject({ status: 'complete', data });
  });
});

describe('an Idempotency-Key, over a kill -9,', () => {
  const sendOnce = (id: string): Promise<Answer<Accepted>> =>
    api.post(
      `/contexts/${id}/actions/send_message`,
      { content: 'Once' },
      { headers: { 'idempotency-key': id } },
    );

  it('gives the first answer again', async () => {
    upstream.on(() => answer('Once.'));
    const id = await begin();
    const first = body(await sendOnce(id), 202);
    await server.restart();
    expect(body(await sendOnce(id), 202)).toEqual(first);
    await settled(api, id);
    expect(await usersOf(id)).toEqual([first.message_id]);
  });

  it('does the command once, whether or not its answer arrived', async () => {
    upstream.on(() => answer('Once.'));
    const ids = await many(streams, begin);
    const killAt = Math.ceil(Math.random() * streams);
    let answered = 0;
    const first = await Promise.allSettled(
      ids.map(async (id) => {
        const accepted = body(await sendOnce(id), 202);
        if (++answered === killAt) server.signal('SIGKILL');
        return accepted;
      }),
    );
    await server.restart();
    for (const [index, id] of ids.entries()) {
      const again = body(await sendOnce(id), 202);
      const before = first[index];
      if (before?.status === 'fulfilled') expect(again).toEqual(before.value);
      await settled(api, id);
      expect(await usersOf(id)).toEqual([again.message_id]);
    }
  });
});
