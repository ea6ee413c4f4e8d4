import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LanguageModel, ModelPart, ModelRequest } from './language-model.js';
import { withTimeLimits } from './time-limits.js';

const request: ModelRequest = { messages: [], tools: [], parameters: {}, task: 'answer' };
const limits = { firstChunkMs: 1_000, idleMs: 100 };
const say = (delta: string): ModelPart => ({ type: 'text', delta });

/** A model that does as it is told, and a record of what was done to it. */
class TestModel implements LanguageModel {
  readonly id = 'test/model';
  signal: AbortSignal | undefined;
  returned = 0;

  constructor(private readonly parts: (abort: AbortSignal) => AsyncIterator<ModelPart>) {}

  stream(_: ModelRequest, abort: AbortSignal): AsyncIterable<ModelPart> {
    this.signal = abort;
    const parts = this.parts(abort);
    return {
      [Symbol.asyncIterator]: () => ({
        next: () => parts.next(),
        return: async () => {
          this.returned += 1;
          return (await parts.return?.()) ?? { done: true, value: undefined };
        },
      }),
    };
  }
}

const waitMs = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const silence = (): Promise<never> => new Promise(() => undefined);

async function collect(parts: AsyncIterable<ModelPart>): Promise<ModelPart[]> {
  const all: ModelPart[] = [];
  for await (const part of parts) all.push(part);
  return all;
}

describe('a model with time limits', () => {
  let caller: AbortController;

  beforeEach(() => {
    vi.useFakeTimers();
    caller = new AbortController();
  });
  afterEach(() => {
    expect(vi.getTimerCount(), 'timers left behind').toBe(0);
    expect(getEventListeners(caller.signal, 'abort'), 'listeners left on the caller').toHaveLength(0);
    vi.useRealTimers();
  });

  const start = (model: LanguageModel): Promise<ModelPart[]> => {
    const all = collect(withTimeLimits(model, limits).stream(request, caller.signal));
    // A failure is awaited after the clock was moved; until then it is nobody's.
    all.catch(() => undefined);
    return all;
  };

  it('is the same model when it keeps them', async () => {
    const model = new TestModel(async function* () {
      await waitMs(999);
      yield say('a');
      await waitMs(99);
      yield say('b');
    });
    const all = start(model);
    await vi.advanceTimersByTimeAsync(2_000);

    expect(await all).toEqual([say('a'), say('b')]);
    expect(model.signal?.aborted).toBe(false);
    expect(model.returned).toBe(1);
  });

  it('is aborted when it does not begin in time', async () => {
    const model = new TestModel(async function* () {
      await silence();
      yield say('never');
    });
    const all = start(model);
    await vi.advanceTimersByTimeAsync(999);
    expect(model.signal?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);

    await expect(all).rejects.toMatchObject({ code: 'first_chunk_timeout', retryable: true });
    expect(model.signal?.aborted).toBe(true);
    expect(model.returned).toBe(1);
  });

  it('is aborted when it falls silent', async () => {
    const model = new TestModel(async function* () {
      yield say('a');
      await silence();
    });
    const all = start(model);
    await vi.advanceTimersByTimeAsync(99);
    expect(model.signal?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);

    await expect(all).rejects.toMatchObject({ code: 'idle_timeout' });
    expect(model.signal?.reason).toMatchObject({ code: 'idle_timeout' });
    expect(model.returned).toBe(1);
  });

  it('cleans up after a time-out when it listens to its abort', async () => {
    let isCleanedUp = false;
    const model = new TestModel(async function* (abort) {
      try {
        await new Promise((_, reject) => abort.addEventListener('abort', () => reject(new Error('late'))));
        yield say('never');
      } finally {
        isCleanedUp = true;
      }
    });
    const all = start(model);
    await vi.advanceTimersByTimeAsync(1_000);

    await expect(all).rejects.toMatchObject({ code: 'first_chunk_timeout' });
    await vi.waitUntil(() => isCleanedUp);
  });

  it('is not blamed for the time that the caller takes', async () => {
    const model = new TestModel(async function* () {
      yield say('a');
      yield say('b');
    });
    const all: ModelPart[] = [];
    const slow = (async () => {
      for await (const part of withTimeLimits(model, limits).stream(request, caller.signal)) {
        all.push(part);
        await waitMs(60_000);
      }
    })();
    await vi.advanceTimersByTimeAsync(200_000);
    await slow;

    expect(all).toEqual([say('a'), say('b')]);
  });

  it('is aborted with the caller, for the reason of the caller, even when it does not listen', async () => {
    const model = new TestModel(async function* () {
      yield say('a');
      await silence();
    });
    const all = start(model);
    await vi.advanceTimersByTimeAsync(50);
    caller.abort('cancelled');

    await expect(all).rejects.toBe('cancelled');
    expect(model.signal?.reason).toBe('cancelled');
    expect(model.returned).toBe(1);
  });

  it('fails for the reason of its abort, however the source words it', async () => {
    const model = new TestModel((abort) => {
      const aborted = new Promise<never>((_, reject) => {
        abort.addEventListener('abort', () => reject(new Error('in other words')));
      });
      const answers = [Promise.resolve({ done: false as const, value: say('a') }), aborted];
      return { next: () => answers.shift() ?? aborted };
    });
    const all = start(model);
    await vi.advanceTimersByTimeAsync(50);
    caller.abort('cancelled');

    await expect(all).rejects.toBe('cancelled');
  });

  it('is aborted while the caller is busy with a part', async () => {
    const model = new TestModel(async function* () {
      yield say('a');
      yield say('b');
    });
    const parts = withTimeLimits(model, limits).stream(request, caller.signal)[Symbol.asyncIterator]();
    await parts.next();
    caller.abort('cancelled');

    await expect(parts.next()).rejects.toBe('cancelled');
    expect(model.returned).toBe(1);
  });

  it('is not called at all when the caller has aborted before', async () => {
    const model = new TestModel(async function* () {
      yield say('a');
    });
    caller.abort('cancelled');

    await expect(start(model)).rejects.toBe('cancelled');
    expect(model.signal).toBeUndefined();
  });

  it('returns before the caller goes on, when the caller stops to read', async () => {
    let isCleanedUp = false;
    const model = new TestModel(async function* () {
      try {
        yield say('a');
        yield say('b');
      } finally {
        await Promise.resolve();
        isCleanedUp = true;
      }
    });
    for await (const part of withTimeLimits(model, limits).stream(request, caller.signal))
      if (part.type === 'text') break;

    expect(isCleanedUp).toBe(true);
    expect(model.signal?.aborted).toBe(false);
  });

  it('passes its failures on as they are', async () => {
    const failure = new Error('no');
    const model = new TestModel(async function* () {
      yield say('a');
      throw failure;
    });

    await expect(start(model)).rejects.toBe(failure);
    expect(model.returned).toBe(1);
  });

  it('keeps nothing of a thousand parts', async () => {
    const model = new TestModel(async function* () {
      for (let i = 0; i < 1_000; i += 1) yield say('a');
    });

    expect(await start(model)).toHaveLength(1_000);
    expect(getEventListeners(model.signal ?? caller.signal, 'abort')).toHaveLength(0);
  });
});
