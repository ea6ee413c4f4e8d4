import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { PullcordOptions } from '../options.js';
import { resolveOptions } from '../settings.js';
import type { ConnectionView } from '../views.js';
import { reconnectingStream } from './reconnecting-stream.js';
import type { Connection } from './stream-source.js';

let connection: Connection | undefined;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
  // The longest of the pauses that chance may choose.
  vi.spyOn(Math, 'random').mockReturnValue(1);
});
afterEach(() => {
  connection?.end();
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** A stream that is answered with these in turn, then with the last; what it shows, and how often it was tried. */
function begin(answers: readonly (() => Response)[], options: PullcordOptions = {}) {
  const seen = { tries: 0, views: [] as ConnectionView[] };
  const fetch = (): Promise<Response> => {
    const answer = answers[Math.min(seen.tries++, answers.length - 1)];
    return answer ? Promise.resolve(answer()) : Promise.reject(new Error('down'));
  };
  let tell = (): void => undefined;
  const settings = resolveOptions({ baseUrl: 'https://example.org', ...options, fetch });
  connection = reconnectingStream(settings, {
    changed(view) {
      seen.views.push(view);
      tell();
    },
    connected: () => undefined,
    signal: () => undefined,
  });
  /** The view after so many, and how many milliseconds it will wait. */
  const viewAt = async (index: number): Promise<ConnectionView & { readonly waitMs: number }> => {
    while (seen.views.length <= index) await new Promise<void>((resolve) => (tell = resolve));
    const view = seen.views[index] as ConnectionView;
    return { ...view, waitMs: (view.retryAt ?? NaN) - Date.now() };
  };
  return { seen, viewAt };
}

const stream = (text: string) => (): Response =>
  new Response(text, { headers: { 'content-type': 'text/event-stream' } });
const refuse =
  (status: number, headers: Record<string, string> = {}) =>
  (): Response =>
    Response.json({ status, code: 'no' }, { status, headers });

it('waits ever longer for a server that ends each stream as soon as it has begun, whatever that server says', async () => {
  const { viewAt } = begin([stream('retry: 0\n\n')], { maxRetryDelayMs: 3_000 });
  const waits: number[] = [];
  // Each time it is connecting, live and waiting.
  for (let index = 2; waits.length < 4; index += 3) {
    const { status, failures, waitMs } = await viewAt(index);
    expect([status, failures]).toEqual(['waiting', 0]);
    waits.push(waitMs);
    vi.advanceTimersByTime(waitMs);
  }
  expect(waits).toEqual([0, 2_000, 3_000, 3_000]);
});

it('waits no longer than it may, but as long as the server asks', async () => {
  const { viewAt } = begin([refuse(500), refuse(503, { 'retry-after': '120' })], { maxRetryDelayMs: 700 });
  expect((await viewAt(1)).waitMs).toBe(700);
  vi.advanceTimersByTime(700);
  expect((await viewAt(3)).waitMs).toBe(120_000);
});

it.each([401, 403])(
  'stays refused after %s, asks again seldom, and is let in when it may be',
  async (status) => {
    const { seen, viewAt } = begin([refuse(status), refuse(status), stream('')], { token: 'secret' });
    expect(await viewAt(1)).toMatchObject({ status: 'refused', failures: 1, problem: { status } });
    vi.advanceTimersByTime(29_999);
    expect(seen.tries).toBe(1);
    vi.advanceTimersByTime(1);
    // A page that asks for a token is not disturbed by it.
    expect(await viewAt(2)).toMatchObject({ status: 'refused', failures: 2 });
    vi.advanceTimersByTime(30_000);
    expect(await viewAt(3)).toMatchObject({ status: 'live', failures: 0 });
    expect(seen.tries).toBe(3);
  },
);

it('asks again after a refusal as soon as the page wakes up', async () => {
  const page = new EventTarget();
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
  const { viewAt } = begin([refuse(403), stream('')]);
  expect((await viewAt(1)).status).toBe('refused');
  page.dispatchEvent(new Event('online'));
  expect((await viewAt(2)).status).toBe('live');
});
