import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ModelError } from '../model-error.js';
import type { Session } from './exchange.js';
import { refreshDelay, retryDelay, Sessions } from './sessions.js';

const rules = { marginMs: 300_000, retryBaseMs: 1_000, retryMaxMs: 60_000 };
const half = { api: undefined, lifetimeMs: 1_800_000, refreshMs: undefined };
const { signal } = new AbortController();
const down = new ModelError('connect_failed', 'Down.', { retryable: true });
const refused = new ModelError('upstream_rejected', 'No.', { retryable: false });

const warn = vi.spyOn(Logger.prototype, 'warn');

beforeEach(() => {
  warn.mockReset().mockReturnValue(undefined);
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});
afterAll(() => warn.mockRestore());

/** Exchanges that are answered by hand. */
function world() {
  const asked: { resolve(session: Session): void; reject(error: unknown): void; abort: AbortSignal }[] = [];
  const exchange = (_: number, abort: AbortSignal): Promise<Session> =>
    new Promise((resolve, reject) => asked.push({ resolve, reject, abort }));
  const sessions = new Sessions(rules, { exchange, now: Date.now, random: () => 0 });
  const give = async (outcome: Session | Error): Promise<void> => {
    const last = asked.at(-1);
    if (outcome instanceof Error) last?.reject(outcome);
    else last?.resolve(outcome);
    await vi.advanceTimersByTimeAsync(0);
  };
  return { asked, sessions, give };
}

const session = (token: string, more: Partial<Session> = {}): Session => ({ token, ...half, ...more });

it('asks for nothing before it is wanted, and once for all who want it', async () => {
  const { asked, sessions, give } = world();
  expect(asked).toHaveLength(0);
  const both = Promise.all([sessions.get(signal), sessions.get(signal)]);
  await give(session('one'));
  expect((await both).map(({ token }) => token)).toEqual(['one', 'one']);
  expect(asked).toHaveLength(1);
});

it('has the next one before the last has ended, over and over', async () => {
  const { asked, sessions, give } = world();
  const first = sessions.get(signal);
  await give(session('one'));
  await first;
  await vi.advanceTimersByTimeAsync(1_500_000 - 1);
  expect(asked).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(asked).toHaveLength(2);
  // While that is under way the old one is still good.
  expect((await sessions.get(signal)).token).toBe('one');
  await give(session('two'));
  expect((await sessions.get(signal)).token).toBe('two');
  await vi.advanceTimersByTimeAsync(1_500_000);
  expect(asked).toHaveLength(3);
});

it('tries again while GitHub is down, less and less often, and gives out nothing that has ended', async () => {
  const { asked, sessions, give } = world();
  const first = sessions.get(signal);
  await give(session('one', { lifetimeMs: 2_000, refreshMs: 1_000 }));
  await first;
  await vi.advanceTimersByTimeAsync(1_000);
  await give(down);
  await vi.advanceTimersByTimeAsync(499);
  expect(asked).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(1);
  expect(asked).toHaveLength(3);
  await give(down);
  expect((await sessions.get(signal)).token).toBe('one');
  await vi.advanceTimersByTimeAsync(600);
  const late = sessions.get(signal);
  expect(asked).toHaveLength(4);
  await give(session('two'));
  expect((await late).token).toBe('two');
  expect(warn.mock.calls).toEqual(
    [1, 2].map(() => ['The token for GitHub Copilot was not refreshed: Down.']),
  );
});

it('asks no more by itself once waiting cannot help, but at the next call', async () => {
  const { asked, sessions, give } = world();
  const first = expect(sessions.get(signal)).rejects.toBe(refused);
  await give(refused);
  await first;
  await vi.advanceTimersByTimeAsync(10_000_000);
  expect(asked).toHaveLength(1);
  const next = sessions.get(signal);
  await give(session('one'));
  expect((await next).token).toBe('one');
});

it('lets a caller leave without the others', async () => {
  const { asked, sessions, give } = world();
  const leaving = new AbortController();
  const left = expect(sessions.get(leaving.signal)).rejects.toThrow('gone');
  const staying = sessions.get(signal);
  leaving.abort(new Error('gone'));
  await left;
  expect(asked[0]?.abort.aborted).toBe(false);
  await give(session('one'));
  expect((await staying).token).toBe('one');
});

it('gives another one once a token is not taken, and heeds nobody who speaks of an older one', async () => {
  const { asked, sessions, give } = world();
  const first = sessions.get(signal);
  await give(session('one'));
  await first;
  sessions.refuse('one');
  const second = sessions.get(signal);
  await give(session('two'));
  await second;
  sessions.refuse('one');
  expect((await sessions.get(signal)).token).toBe('two');
  expect(asked).toHaveLength(2);
});

it('ends what is under way when it is closed, and leaves no timer', async () => {
  const { asked, sessions, give } = world();
  const first = sessions.get(signal);
  await give(session('one'));
  await first;
  await vi.advanceTimersByTimeAsync(1_500_000);
  sessions.close();
  expect(asked[1]?.abort.aborted).toBe(true);
  await give(down);
  expect(vi.getTimerCount()).toBe(0);
  sessions.refuse('one');
  await expect(sessions.get(signal)).rejects.toMatchObject({ code: 'connect_failed' });
  expect(asked).toHaveLength(2);
});

it.each([
  [{ lifetimeMs: 1_800_000, refreshMs: undefined }, 0, 1_500_000],
  [{ lifetimeMs: 1_800_000, refreshMs: undefined }, 0.5, 1_425_000],
  [{ lifetimeMs: 1_800_000, refreshMs: 1_000_000 }, 0, 1_000_000],
  [{ lifetimeMs: 400_000, refreshMs: undefined }, 0, 200_000],
  [{ lifetimeMs: -5, refreshMs: undefined }, 0, 500],
])('refreshes %j with chance %d after %i ms', (session, random, ms) => {
  expect(refreshDelay(session, rules, random)).toBe(ms);
});

it.each([
  [1, 0, 500],
  [1, 1, 1_000],
  [3, 0, 2_000],
  [30, 1, 60_000],
  [3_000, 0, 30_000],
])('waits after %i failures with chance %d for %i ms', (failures, random, ms) => {
  expect(retryDelay(failures, rules, random)).toBe(ms);
});
