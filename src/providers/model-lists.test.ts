import { Logger } from '@nestjs/common';
import { beforeEach, describe, expect, it } from 'vitest';
import { ModelLists, type ListLimits } from './model-lists.js';
import type { ListedModel, ModelProvider } from './model-provider.js';
import { ScriptedModel } from './scripted/scripted-model.js';

// A server that does not answer is expected here.
Logger.overrideLogger(false);

describe('the lists of models', () => {
  let now: number;
  let asked: { readonly abort: AbortSignal; readonly end: PromiseWithResolvers<readonly ListedModel[]> }[];
  let provider: ModelProvider;

  beforeEach(() => {
    now = 0;
    asked = [];
    provider = {
      name: 'far',
      models: [],
      takesAnyName: true,
      factsOf: () => undefined,
      relay: () => undefined,
      model: (name) => new ScriptedModel(name, 0),
      list: (abort) => {
        const end = resolvable();
        abort.addEventListener('abort', () => end.reject(abort.reason));
        asked.push({ abort, end });
        return end.promise;
      },
      close: () => Promise.resolve(),
    };
  });

  const listsWith = (limits: Partial<ListLimits> = {}): ModelLists =>
    new ModelLists({ ttlMs: 1000, timeoutMs: 60_000, maxModels: 10, ...limits }, () => now);
  const named = (...names: string[]): ListedModel[] => names.map((name) => ({ name }));
  const namesIn = (lists: ModelLists): string | undefined =>
    lists
      .known('far')
      ?.map(({ name }) => name)
      .join();

  it('are asked for once at a time, and once in a while', async () => {
    const lists = listsWith();
    const first = [lists.refresh([provider]), lists.refresh([provider])];
    expect(asked).toHaveLength(1);
    asked[0]?.end.resolve(named('a', 'b'));
    await Promise.all(first);
    expect(namesIn(lists)).toBe('a,b');

    now = 999;
    await lists.refresh([provider]);
    expect(asked).toHaveLength(1);
    now = 1000;
    await lists.refresh([provider]);
    expect(asked).toHaveLength(2);
  });

  it('are given old while a newer one is fetched, and stay when that fails', async () => {
    const lists = listsWith();
    const first = lists.refresh([provider]);
    asked[0]?.end.resolve(named('a'));
    await first;
    now = 1000;
    // Nobody waits for it.
    await lists.refresh([provider]);
    expect(namesIn(lists)).toBe('a');
    asked[1]?.end.reject(new Error('Down.'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(namesIn(lists)).toBe('a');

    // And it is left alone for a while.
    await lists.refresh([provider]);
    expect(asked).toHaveLength(2);
    now = 2000;
    await lists.refresh([provider]);
    asked[2]?.end.resolve(named('b'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(namesIn(lists)).toBe('b');
  });

  it('are given up when they take too long, and nobody is told', async () => {
    const lists = listsWith({ timeoutMs: 1 });
    await lists.refresh([provider]);

    expect(asked[0]?.abort.aborted).toBe(true);
    expect(lists.known('far')).toBeUndefined();
  });

  it('have so many models and no more', async () => {
    const lists = listsWith({ maxModels: 2 });
    const refreshed = lists.refresh([provider]);
    asked[0]?.end.resolve(named('a', 'b', 'c'));
    await refreshed;

    expect(namesIn(lists)).toBe('a,b');
  });

  it('are not asked of a provider that has no server, nor after the end', async () => {
    const lists = listsWith();
    await lists.refresh([{ ...provider, list: undefined }]);
    const refreshed = lists.refresh([provider]);
    lists.close();
    await refreshed;
    expect(asked[0]?.abort.aborted).toBe(true);
    await lists.refresh([provider]);

    expect(asked).toHaveLength(1);
  });
});

interface PromiseWithResolvers<Value> {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
  readonly reject: (reason: unknown) => void;
}

/** Promise.withResolvers, which Node 20 does not have. */
function resolvable(): PromiseWithResolvers<readonly ListedModel[]> {
  let resolve: (value: readonly ListedModel[]) => void = () => undefined;
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<readonly ListedModel[]>((yes, no) => ([resolve, reject] = [yes, no]));
  return { promise, resolve, reject };
}
