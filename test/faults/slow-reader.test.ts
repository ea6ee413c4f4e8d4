// One reader stops for a while in the middle of many answers: it costs the server little and the others nothing.
import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { act, createContext } from '../support/api.js';
import { caller, type Caller } from '../support/http.js';
import { patience } from '../support/scale.js';
import { startServer } from '../support/server.js';
import { SseStream, type WireSignal } from '../support/sse.js';
import { until } from '../support/until.js';
import { allChunks, allMessages, settled } from '../support/whole-pulls.js';

const streams = 20;
const words = 500;
/** More than the buffers of both sockets take, which is about four megabytes on Linux. */
const enough = 7_000_000;
const slack = 100_000_000;

const residentSet = (pid: number): number =>
  Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1024;

async function answerEverywhere(api: Caller, ids: readonly string[]): Promise<void> {
  const content = `/pace 1\n/words ${words}`;
  await Promise.all(ids.map((id) => act(api, id, 'send_message', { content })));
  await Promise.all(ids.map((id) => settled(api, id, patience)));
}

const countOf = (signals: readonly WireSignal[], type: string): number =>
  signals.filter((signal) => signal.type === type).length;

/** Nothing that a signal says may be older than what one said before. */
function expectForward(signals: readonly WireSignal[]): void {
  const [revisions, sequences] = [new Map<unknown, number>(), new Map<unknown, number>()];
  const isForward = (seen: Map<unknown, number>, key: unknown, now: unknown): boolean => {
    const before = seen.get(key) ?? 0;
    seen.set(key, Number(now));
    return before <= Number(now);
  };
  const backward = signals.filter(
    ({ context_id, revision, message_id, current_sequence }) =>
      (revision !== undefined && !isForward(revisions, context_id, revision)) ||
      (current_sequence !== undefined && !isForward(sequences, message_id, current_sequence)),
  );
  expect(backward).toEqual([]);
}

it(
  'gets few signals for the many that it missed, and pulls the rest; nobody waits for it',
  async () => {
    const server = await startServer({
      dialect: 'sqlite',
      env: { PULLCORD_SIGNAL_MERGE_MS: '0', PULLCORD_SSE_STALL_MS: '600000', PULLCORD_DRAIN_MS: '500' },
    });
    const api = caller(server);
    const follow = (): Promise<SseStream> => SseStream.open(`${server.url}/events`);
    const [reading, stopped, stuck] = [await follow(), await follow(), await follow()];
    await until(() => stopped.raw.includes('retry:'), { what: 'the streams to open' });
    const ids = await Promise.all(Array.from({ length: streams }, async () => (await createContext(api)).id));
    stopped.pause();
    stuck.pause();
    const before = residentSet(server.pid);
    let turns = 0;
    for (; reading.raw.length < enough; turns++) await answerEverywhere(api, ids);
    // Every answer has ended, and the one who reads has heard so, while the other has not read a byte.
    const isTold = (stream: SseStream): boolean =>
      stream.raw.split('"type":"message_completed"').length - 1 === turns * streams;
    await until(() => isTold(reading), { what: 'the reader to hear of every end' });
    expect(residentSet(server.pid) - before).toBeLessThan(slack);

    stopped.resume();
    const [id = ''] = ids;
    // What comes before the resync was sent belongs to it; so another change, until one is heard of.
    let changes = 0;
    const hearsOfNow = async (): Promise<boolean> => {
      await api.patch(`/contexts/${id}`, { title: `Change ${++changes}` });
      return stopped.events.at(-1)?.data.includes('"changed":["title"]') ?? false;
    };
    await until(hearsOfNow, { what: 'the reader that stopped to be up to date' });
    const [heard, missed] = [reading.signals, stopped.signals];
    expect(countOf(heard, 'content_delta')).toBeGreaterThan(5_000);
    expect(countOf(heard, 'resync')).toBe(0);
    expect(countOf(missed, 'resync')).toBeLessThanOrEqual(1);
    expect(missed.length).toBeLessThan(heard.length * 0.8);
    expectForward(heard);
    expectForward(missed);
    const answers = (await allMessages(api, id)).filter(({ role }) => role === 'assistant');
    expect(answers).toHaveLength(turns);
    for (const answer of answers) {
      const { chunks } = await allChunks(api, `/contexts/${id}/messages/${answer.id}`);
      expect(answer.data).toMatchObject({ content: chunks.map(({ delta }) => delta).join('') });
    }
    // One that never reads again cannot keep the server from ending.
    expect(await server.stop(20_000)).toEqual({ code: 0, signal: null });
    expect([reading.isWhole, stopped.isWhole]).toEqual([true, true]);
  },
  3 * patience,
);
