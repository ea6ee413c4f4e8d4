// Many clients at once: idle ones, one that stops reading, and all of them coming back in the same second.
import { execFileSync } from 'node:child_process';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { act, appendText, createContext, getMetadata, refused } from '../support/api.js';
import { Crowd } from '../support/crowd.js';
import { call, caller, type Caller } from '../support/http.js';
import { note, patience, sized } from '../support/scale.js';
import { startServer, type TestServer } from '../support/server.js';
import { SseStream } from '../support/sse.js';
import { until } from '../support/until.js';
import { settled } from '../support/whole-pulls.js';

const idle = sized(1_000, 10_000);
const returning = sized(200, 1_000);

/** Memory that a process has in use, in bytes. */
const residentSet = ({ pid }: TestServer): number =>
  Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1024;

/** What a bare connection and what hangs on it may cost, with what a garbage collector may be behind. */
const bytesEach = 40_000;
const slack = 100_000_000;

/** Changes the title, and gives the revision that this made. */
const rename = async (api: Caller, id: string, title: string): Promise<number> =>
  (await api.patch<{ revision: number }>(`/contexts/${id}`, { title })).body.revision;

it(
  `holds ${idle} idle streams in bounded memory, reaches every one, and has none of them left in the end`,
  async () => {
    const server = await startServer({
      dialect: 'sqlite',
      env: { PULLCORD_MAX_SUBSCRIBERS: String(idle) },
    });
    const api = caller(server);
    const { id } = await createContext(api);
    const crowd = new Crowd(server, `/contexts/${id}/events`);
    const before = residentSet(server);
    await crowd.join(idle);
    const held = residentSet(server) - before;
    expect(held).toBeLessThan(idle * bytesEach + slack);
    expect(refused(await call('GET', `${server.url}/events`))).toBe('429 too_many_requests');

    const began = performance.now();
    await crowd.haveHeard(`"revision":${await rename(api, id, 'Hear, hear')}`);
    const tookMs = performance.now() - began;

    crowd.leave();
    // There are exactly as many places as there were, so that all of them must have been given back.
    const next = new Crowd(server, `/contexts/${id}/events`);
    await until(
      () =>
        next.join(1).then(
          () => true,
          () => false,
        ),
      { what: 'a first place' },
    );
    await until(
      () =>
        next.join(idle - next.size).then(
          () => true,
          () => false,
        ),
      {
        what: 'every place to be given back',
        deadlineMs: patience,
      },
    );
    next.leave();
    note(
      `${idle} idle streams: ${Math.round(held / idle / 100) / 10} kB each, one signal reached all in ${Math.round(tookMs)} ms`,
    );
  },
  patience,
);

/** Whether one more stream is refused. */
async function hasNoPlace(url: string): Promise<boolean> {
  const stream = await SseStream.open(url);
  stream.destroy();
  return stream.status === 429;
}

it('is not held up by a reader that never reads, and gives it up', async () => {
  const server = await startServer({
    dialect: 'sqlite',
    env: { PULLCORD_SSE_STALL_MS: '500', PULLCORD_MAX_SUBSCRIBERS: '2' },
  });
  const api = caller(server);
  const { id } = await createContext(api);
  const url = `${server.url}/contexts/${id}/events`;
  const reader = await SseStream.open(url);
  const stuck = connect(Number(new URL(server.url).port), '127.0.0.1');
  stuck.pause().write(`GET /contexts/${id}/events HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await until(() => hasNoPlace(url), { what: 'both to be counted' });
  const before = residentSet(server);
  // Each makes three signals. A socket takes some megabytes before it takes no more.
  let appended = 0;
  for (; appended < 50_000 && (await hasNoPlace(url)); appended += 50)
    await Promise.all(Array.from({ length: 50 }, () => appendText(api, id, 'x')));
  expect(appended).toBeLessThan(50_000);
  const { revision } = await getMetadata(api, id);
  await until(() => reader.signals.at(-1)?.revision === revision, { what: 'the reader to hear all' });
  expect(residentSet(server) - before).toBeLessThan(slack);
  stuck.destroy();
  reader.destroy();
});

it(
  `takes ${returning} clients back in the same second, and everything else goes on meanwhile`,
  async () => {
    const server = await startServer({ dialect: 'sqlite' });
    const api = caller({
      get url() {
        return server.url;
      },
    });
    const { id } = await createContext(api);
    const crowd = new Crowd(server, `/contexts/${id}/events`);
    await crowd.join(returning);
    await server.restart();
    // The dead server's connections broke all at once; nobody waits before coming back.
    const back = new Crowd(server, `/contexts/${id}/events`);
    const began = performance.now();
    const all = Promise.all(Array.from({ length: returning }, () => back.join(1)));
    await act(api, id, 'send_message', { content: '/pace 0\n/words 20' });
    const { state, revision } = await settled(api, id);
    expect(state).toEqual({ type: 'awaiting_user', reason: 'input' });
    await all;
    const tookMs = performance.now() - began;
    expect(back.size).toBe(returning);
    expect(await rename(api, id, 'Welcome back')).toBeGreaterThan(revision);
    await back.haveHeard(`"revision":${revision + 1}`);
    crowd.leave();
    back.leave();
    expect(server.logs.filter(({ level }) => level === 'error')).toEqual([]);
    note(
      `${returning} clients were back ${Math.round(tookMs)} ms after they came, and a run went on meanwhile`,
    );
  },
  patience,
);
