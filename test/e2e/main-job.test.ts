// The main job: an answer of 2,000 chunks, followed by clients of every kind, none of which may lose or double anything.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Message } from '../../src/messages/message-kinds.js';
import type { ChunkPageView as ChunkPage } from '../../src/streaming/dto/chunk-pulls.js';
import { ContextClient, signalsOf, startServerOn } from '../support/context-client.js';
import { answer, FakeUpstream } from '../support/fake-upstream.js';
import { ReferenceClient } from '../support/reference-client.js';
import type { SseStream } from '../support/sse.js';
import { until } from '../support/until.js';

/** In every piece of every text, so that it shows wherever text should not be. */
const mark = '§';
/** Several scripts and lengths, line ends, NUL, and an emoji that comes in two halves. */
const samples = [
  'naïve ',
  '🙂',
  'привет',
  '\r\n',
  'data: x\n\n',
  '\0',
  '漢字',
  '\ud83d',
  '\ude42',
  ' ',
  '"\\',
];
const pieces = Array.from({ length: 2000 }, (_, at) => {
  const sample = samples[at % samples.length] ?? '';
  // Nothing may come between the halves.
  return sample === '\ud83d' ? `${mark}${sample}` : `${sample}${mark}${at}`;
});
const wire = { eol: '\r\n', commentEvery: 7, packing: { torn: 4 }, paceMs: 4 } as const;

/** A reference client, and what the pulls gave it. */
interface Follower {
  readonly client: ReferenceClient;
  /** Each pull of chunks, with the highest sequence that a signal had announced before it was sent. */
  readonly pulls: { readonly announced: number; readonly page: ChunkPage }[];
  /** Each content_delta that was heard while there was more to come, and how many pulls were answered by then. */
  readonly heard: { readonly sequence: number; readonly pullsBefore: number }[];
  readonly streams: SseStream[];
}

let upstream: FakeUpstream;
let conversation: ContextClient;
const followers: Record<string, Follower> = {};

beforeAll(async () => {
  upstream = await FakeUpstream.start();
  conversation = await ContextClient.begin(await startServerOn(upstream), { system_prompt: mark });
  upstream.enqueue(answer(pieces, wire));
  const following = Promise.all([
    follow('all', (follower) => hearAll(follower)),
    follow('lossy', (follower) => hearTenth(follower)),
    follow('reconnecting', (follower) => reconnect(follower)),
    follow('polling', ({ client }) => poll(client)),
  ]);
  await conversation.send(`Tell me a long story ${mark}`);
  await following;
});
afterAll(() => upstream.close());

async function follow(name: string, live: (follower: Follower) => Promise<void>): Promise<void> {
  const pulls: Follower['pulls'] = [];
  const heard: Follower['heard'] = [];
  const client = new ReferenceClient(async (path) => {
    const announced = Math.max(0, ...heard.map(({ sequence }) => sequence));
    const body = await conversation.get<never>(path);
    if (path.includes('streaming-chunks')) pulls.push({ announced, page: body });
    return body;
  });
  const follower = (followers[name] = { client, pulls, heard, streams: [] });
  await live(follower);
}

/** Follows one connection until it ends, or the client has everything. */
async function listen(
  { client, heard, pulls, streams }: Follower,
  stream: SseStream,
  isHeard: () => boolean = () => true,
): Promise<void> {
  streams.push(stream);
  const settled = until(() => client.isSettled || stream.isClosed, { what: 'the whole answer' });
  void settled.finally(() => stream.destroy());
  for await (const signal of signalsOf(stream)) {
    if (!isHeard()) continue;
    if (signal.type === 'content_delta' && !client.streams.get(String(signal.message_id))?.isWhole)
      heard.push({ sequence: Number(signal.current_sequence), pullsBefore: pulls.length });
    client.hear(signal);
  }
  await settled;
}

const hearAll = async (follower: Follower): Promise<void> => listen(follower, await conversation.follow());

/** Whoever may lose signals, the last one too, looks by itself now and then. */
async function hearTenth(follower: Follower): Promise<void> {
  let count = 0;
  const looking = setInterval(() => follower.client.wake(), 200);
  await listen(follower, await conversation.follow(), () => ++count % 10 === 0);
  clearInterval(looking);
}

/** Breaks the connection off after every 50 chunks, and comes back as a browser does. */
async function reconnect(follower: Follower): Promise<void> {
  const { client } = follower;
  let lastEventId: string | undefined;
  while (!client.isSettled) {
    const stream = await conversation.follow(lastEventId);
    const before = reached(client);
    const enough = until(() => stream.isClosed || reached(client) >= before + 50, { what: '50 chunks more' });
    void enough.finally(() => stream.destroy());
    await Promise.all([listen(follower, stream), enough]);
    lastEventId = stream.lastEventId;
  }
}

const reached = ({ streams }: ReferenceClient): number =>
  Math.max(0, ...[...streams.values()].map(({ sequence }) => sequence));

/** Knows nothing of signals: it asks again and again, and waits with `wait_ms` while an answer is streaming. */
async function poll(client: ReferenceClient): Promise<void> {
  const ask = async (): Promise<boolean> => {
    await client.pull(2_000);
    return client.isSettled;
  };
  await until(ask, { what: 'the whole answer, by polling' });
}

const all = (): Follower[] => Object.values(followers);
const byDepth = (client: ReferenceClient): Message[] =>
  [...client.messages.values()].sort((a, b) => a.depth - b.depth);

describe('an answer of 2,000 chunks', () => {
  it('was sent by the upstream to its end', async () => {
    const call = await upstream.call(0);
    expect(call.text).toBe(pieces.join(''));
    await expect(call.closedByClient).resolves.toBe(false);
  });

  it('is the same text, byte for byte, at every client and in the message itself', async () => {
    const { text } = await upstream.call(0);
    const message = await conversation.answer();
    const texts = all().map(({ client }) => client.streams.get(message.id)?.text);

    expect(texts).toEqual([text, text, text, text]);
    expect(message).toMatchObject({
      status: 'complete',
      data: { content: text, finish_reason: 'stop', final_sequence: 2000 },
      metadata: { tokens: { prompt: 9, completion: 4 }, streaming: { chunks_count: 2000 } },
    });
  });

  it('is in the same list of messages at every client', async () => {
    const messages = await conversation.messages();
    expect(messages.map(({ role, status }) => `${role} ${status}`)).toEqual([
      'user complete',
      'assistant complete',
    ]);
    for (const { client } of all()) expect(byDepth(client)).toEqual(messages);
  });

  it('is delivered by the pulls without a gap, and no chunk twice', () => {
    const everyOne = Array.from({ length: 2000 }, (_, at) => at + 1);
    for (const { pulls } of all())
      expect(pulls.flatMap(({ page }) => page.chunks.map(({ sequence }) => sequence))).toEqual(everyOne);
  });

  it('is there for a client that comes when all is over', async () => {
    const late = new ReferenceClient((path) => conversation.get(path));
    await late.pull();
    expect([...late.streams.values()]).toEqual([
      { sequence: 2000, text: (await upstream.call(0)).text, isWhole: true },
    ]);
  });
});

describe('the signals of it', () => {
  const following = (): Follower[] => all().filter(({ streams }) => streams.length > 0);

  it('were heard by three clients, over many connections by one of them', () => {
    expect(following()).toHaveLength(3);
    for (const { heard } of following()) expect(heard.length).toBeGreaterThan(0);
    expect(followers.reconnecting?.streams.length).toBeGreaterThan(2);
    expect(followers.polling?.streams).toEqual([]);
  });

  it('begin with a snapshot on every connection, and never go back', () => {
    for (const stream of following().flatMap(({ streams }) => streams)) {
      expect(stream.signals[0]).toMatchObject({ type: 'snapshot', context_id: conversation.id });
      const revisions = stream.signals.map(({ revision }) => Number(revision));
      expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
    }
  });

  it('announce nothing that a pull does not find', () => {
    for (const { heard, pulls } of following()) {
      for (const { announced, page } of pulls)
        expect(page.current_sequence).toBeGreaterThanOrEqual(announced);
      for (const { sequence, pullsBefore } of heard) {
        const after = pulls.slice(pullsBefore).map(({ page }) => page.current_sequence);
        expect(Math.max(...after)).toBeGreaterThanOrEqual(sequence);
      }
    }
  });

  it('are each smaller than 1 KB, and none has a piece of any text in it', () => {
    const frames = following()
      .flatMap(({ streams }) => streams)
      .flatMap(({ raw }) => raw.split('\n\n'));
    expect(frames.length).toBeGreaterThan(10);
    for (const frame of frames) {
      // With the blank line that ends it, 1,024 bytes at most.
      expect(Buffer.byteLength(frame)).toBeLessThanOrEqual(1022);
      expect(frame).not.toContain(mark);
      expect(frame).toMatch(/^[\x20-\x7e\n]*$/);
    }
  });
});
