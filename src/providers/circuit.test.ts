import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Circuit } from './circuit.js';
import { ModelError, type ModelErrorCode } from './model-error.js';

// What opens and closes is expected here.
Logger.overrideLogger(false);

const failure = (code: ModelErrorCode): ModelError => new ModelError(code, 'No.', { retryable: true });
const aborted = new DOMException('The caller left.', 'AbortError');

describe('a circuit', () => {
  let circuit: Circuit;
  let attempts: number;

  beforeEach(() => {
    vi.useFakeTimers();
    attempts = 0;
    circuit = new Circuit({ name: 'far', failures: 3, resetMs: 1_000 });
  });
  afterEach(() => {
    circuit.close();
    expect(vi.getTimerCount(), 'timers left behind').toBe(0);
    vi.useRealTimers();
  });

  /** What becomes of a call whose attempt ends so: the code of its error, or what it gave. */
  const call = (end: () => Promise<string>): Promise<string> =>
    circuit
      .call(() => {
        attempts += 1;
        return end();
      })
      .catch((error: unknown) => (error instanceof ModelError ? error.code : 'aborted'));
  const fail = (code: ModelErrorCode) => call(() => Promise.reject(failure(code)));
  const leave = () => call(() => Promise.reject(aborted));
  const succeed = () => call(() => Promise.resolve('well'));
  const isOpen = (): boolean => {
    try {
      circuit.requireNotOpen();
      return false;
    } catch {
      return true;
    }
  };
  const open = async (): Promise<void> => {
    for (let i = 0; i < 3; i += 1) await fail('connect_failed');
    expect(isOpen()).toBe(true);
  };

  it('opens after so many outages in a row, and asks nobody then', async () => {
    expect(await fail('connect_failed')).toBe('connect_failed');
    expect(await fail('first_chunk_timeout')).toBe('first_chunk_timeout');
    expect(isOpen()).toBe(false);
    expect(await fail('upstream_error')).toBe('upstream_error');

    expect(isOpen()).toBe(true);
    expect(await succeed()).toBe('circuit_open');
    expect(attempts).toBe(3);
  });

  it.each(['well', 'upstream_rejected', 'rate_limited'] as const)('counts anew after %s', async (end) => {
    const between = (): Promise<string> => (end === 'well' ? succeed() : fail(end));
    for (const step of [0, 1, 2, 3]) {
      await fail('upstream_error');
      await fail('upstream_error');
      expect(await between(), `round ${step}`).toBe(end);
    }

    expect(isOpen()).toBe(false);
  });

  it('learns nothing from a caller that leaves', async () => {
    await fail('upstream_error');
    await fail('upstream_error');
    for (let i = 0; i < 10; i += 1) expect(await leave()).toBe('aborted');
    expect(isOpen()).toBe(false);
    await fail('upstream_error');

    expect(isOpen()).toBe(true);
  });

  it('lets one call through after a while, and closes when it is well', async () => {
    await open();
    await vi.advanceTimersByTimeAsync(999);
    expect(await succeed()).toBe('circuit_open');
    await vi.advanceTimersByTimeAsync(1);

    let end: (value: string) => void = () => undefined;
    const trial = call(() => new Promise((resolve) => (end = resolve)));
    await vi.advanceTimersByTimeAsync(0);
    expect(await succeed()).toBe('circuit_open');
    expect(attempts).toBe(4);
    end('well');

    expect(await trial).toBe('well');
    expect(await succeed()).toBe('well');
    // The row begins anew.
    await fail('upstream_error');
    expect(isOpen()).toBe(false);
  });

  it('opens again when that call fails', async () => {
    await open();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await fail('connect_timeout')).toBe('connect_timeout');
    expect(await succeed()).toBe('circuit_open');
    await vi.advanceTimersByTimeAsync(1_000);

    expect(await succeed()).toBe('well');
  });

  it('opens again when the caller of that call leaves: nothing was shown', async () => {
    await open();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await leave()).toBe('aborted');
    expect(await succeed()).toBe('circuit_open');
    await vi.advanceTimersByTimeAsync(1_000);

    expect(await succeed()).toBe('well');
  });

  it('closes when that call is refused for what it asks: the server is there', async () => {
    await open();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await fail('upstream_rejected')).toBe('upstream_rejected');

    expect(await succeed()).toBe('well');
  });

  it('never opens when it is told so', async () => {
    const closed = new Circuit({ name: 'far', failures: 0, resetMs: 1_000 });
    const lost = (): Promise<void> => closed.call(() => Promise.reject(failure('connect_failed')));
    for (let i = 0; i < 100; i += 1) await expect(lost()).rejects.toMatchObject({ code: 'connect_failed' });

    expect(() => closed.requireNotOpen()).not.toThrow();
  });
});
