// A disk without room: what cannot be stored is refused, what is stored can be read, and nobody has to restart anything.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  act,
  appendDeltas,
  beginStream,
  body,
  createContext,
  getMetadata,
  pullChunks,
  refusal,
} from '../support/api.js';
import { findingsIn } from '../support/copies.js';
import { caller, type Answer, type Caller } from '../support/http.js';
import { smallDisks, type SmallDisk } from '../support/small-disk.js';
import { SseStream } from '../support/sse.js';
import { until } from '../support/until.js';
import { allChunks, settled, streamOf } from '../support/whole-pulls.js';

const usersTurn = { type: 'awaiting_user', reason: 'input' };

describe.each(smallDisks)('on $name', ({ start }) => {
  let disk: SmallDisk;
  let api: Caller;
  /** A run that was streaming when the disk became full, and what had been pulled of it. */
  let running = '';
  let answer = '';
  let seen: readonly unknown[] = [];
  /** An external producer's stream, and what was acknowledged of it. */
  let stream = '';
  let acked = 0;

  const append = (): Promise<Answer<{ current_sequence: number }>> =>
    api.post(`${stream}/streaming-chunks`, {
      chunks: [{ delta: 'x'.repeat(50_000) }],
      expected_sequence: acked,
    });

  beforeAll(async () => {
    disk = await start({ dialect: 'sqlite', env: { PULLCORD_RUN_LEASE_MS: '600' } });
    api = caller(disk.server);
    stream = await beginStream(api, (await createContext(api)).id);
    acked = await appendDeltas(api, stream, 'first');
    running = (await createContext(api)).id;
    await act(api, running, 'send_message', { content: '/pace 2\n/words 100000' });
    answer = await streamOf(api, running);
    seen = (await allChunks(api, answer)).chunks;
    disk.fill();
  });
  afterAll(() => disk.server.kill());

  it('a write is answered 503 with Retry-After, and says nothing of the disk', async () => {
    // The log that SQLite writes ahead has a little room of its own left.
    const refused = await until(
      async () => {
        const next = await append();
        if (next.status === 200) acked = next.body.current_sequence;
        return next.status !== 200 && next;
      },
      { what: 'the disk to be full' },
    );
    const problem = refusal(refused);
    expect(problem).toMatchObject({ status: 503, code: 'storage_unavailable' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(JSON.stringify(problem)).not.toMatch(/sqlite|disk|ENOSPC|EFBIG|I\/O|\/tmp|\/data/i);
  });

  it('every other write is refused as well, and changes nothing', async () => {
    const large = 'x'.repeat(500_000);
    const before = await getMetadata(api, running);
    for (const [path, said] of [
      ['/contexts', { config: { system_prompt: large.slice(0, 90_000) } }],
      [`/contexts/${running}/actions/send_message`, { content: large, on_busy: 'interrupt' }],
      [`${stream}/streaming-chunks`, { chunks: [{ delta: large }] }],
    ] as const)
      expect(refusal(await api.post(path, said))).toMatchObject({ status: 503, code: 'storage_unavailable' });
    expect((await getMetadata(api, running)).revision).toBe(before.revision);
  });

  it('reads go on: contexts, messages, chunks, signals', async () => {
    const page = await pullChunks(api, stream, '?limit=1');
    expect(page).toMatchObject({ current_sequence: acked, chunks: [{ delta: 'first' }] });
    expect((await allChunks(api, answer)).chunks.slice(0, seen.length)).toEqual(seen);
    const client = await SseStream.open(`${disk.server.url}/contexts/${running}/events`);
    expect(await client.nextSignal('snapshot')).toMatchObject({ context_id: running });
    client.destroy();
    expect(body(await api.get<{ contexts: unknown[] }>('/contexts')).contexts).toHaveLength(2);
  });

  it('writing resumes by itself once there is room, from where it was', async () => {
    disk.makeRoom();
    const resumed = await until(
      async () => {
        const next = await append();
        return next.status === 200 && next;
      },
      { what: 'a write to be taken' },
    );
    expect(resumed.body.current_sequence).toBe(acked + 1);
    body(await api.post(`${stream}/finalize`, { finish_reason: 'stop' }));
    const { data } = body(await api.get<{ data: { content: string } }>(stream));
    expect(data.content).toBe(`first${'x'.repeat(50_000 * acked)}`);
  });

  it('the run that could not be stored ends in an error, with all its text, and can be retried', async () => {
    const { state } = await settled(api, running);
    expect(state).toMatchObject({ type: 'error', retryable: true });
    const { chunks, status } = await allChunks(api, answer);
    expect(chunks.slice(0, seen.length)).toEqual(seen);
    expect(['failed', 'interrupted']).toContain(status);
    await act(api, running, 'send_message', { content: '/echo Once more.' });
    expect((await settled(api, running)).state).toEqual(usersTurn);
  });

  it('nothing is wrong in the database', async () => {
    expect(await findingsIn(disk.look())).toEqual([]);
  });
});

if (smallDisks.length === 0)
  it('cannot be tried here: this system lets us neither mount a file system nor limit the size of files', () =>
    expect(process.platform).not.toBe('linux'));
