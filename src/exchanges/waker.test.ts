import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Waker } from './waker.js';

describe('somebody who waits', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const never = new AbortController().signal;

  it('is woken', async () => {
    const waker = new Waker(1000, never);
    const waiting = waker.wait();
    waker.wake();
    await waiting;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not wait where it was woken since it rested', async () => {
    const waker = new Waker(1000, never);
    waker.rest();
    waker.wake();
    await waker.wait();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('looks by itself after a while, in case that a signal was lost', async () => {
    const waker = new Waker(1000, never);
    waker.rest();
    let isOver = false;
    const waiting = waker.wait().then(() => (isOver = true));
    await vi.advanceTimersByTimeAsync(999);
    expect(isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await waiting;
    expect(isOver).toBe(true);
  });

  it('is told of an abort, and leaves no listener behind', async () => {
    const leaving = new AbortController();
    const waker = new Waker(1000, leaving.signal);
    const waiting = waker.wait();
    leaving.abort(new Error('gone'));
    await waiting;
    expect(() => waker.rest()).toThrow('gone');
    const removed = vi.spyOn(leaving.signal, 'removeEventListener');
    waker.close();
    expect(removed).toHaveBeenCalledWith('abort', waker.wake);
  });
});
