// A list of contexts, kept as the server has it. Any signal about any context may have changed it: then all that is
// shown of it is pulled again, never twice at once and not more than a few times a second.
import type { Client } from '../calls/api-client.js';
import { maxPage } from '../calls/pulls.js';
import { listContexts } from '../generated/sdk.gen.js';
import type { ContextMetadata } from '../generated/types.gen.js';
import { LiveValue } from '../live-value.js';
import { problemOf } from '../problem.js';
import type { ContextListQuery, ContextListView, Live } from '../views.js';
import type { Followable } from './attention.js';
import type { SyncParts } from './context-sync.js';
import { isSameJson } from './map-to-view.js';
import { pullLoop, type PullLoop } from './pull-loop.js';

/** Signals within this time cause one pull. */
const mergeMs = 300;

export interface ListSync extends Followable {
  readonly view: Live<ContextListView>;
  loadMore(): Promise<void>;
  refresh(): Promise<void>;
}

export function listSync(
  query: ContextListQuery,
  client: Client,
  { settings: { pageSize }, routes, patience }: SyncParts,
): ListSync {
  const view = new LiveValue<ContextListView>({ status: 'loading', contexts: [], hasMore: false });
  /** How many are to be shown, if there are. */
  let count = pageSize;
  let loop: PullLoop | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const show = (next: ContextListView): void => {
    if (!isSameJson(view.getView(), next)) view.set(next);
  };
  const pull = async (signal?: AbortSignal): Promise<void> => {
    const before = new Map(view.getView().contexts.map((context) => [context.id, context]));
    const found = new Map<string, ContextMetadata>();
    let cursor: string | null | undefined;
    do {
      const limit = Math.min(count - found.size, maxPage);
      const { data } = await listContexts({
        client,
        query: { ...query, limit, cursor: cursor ?? undefined },
        signal,
      });
      // What has moved up meanwhile comes twice: its first place is the newer one.
      for (const context of data.contexts)
        if (!found.has(context.id)) found.set(context.id, asBefore(before.get(context.id), context));
      cursor = data.next_cursor;
    } while (cursor && found.size < count);
    show({ status: 'ready', contexts: [...found.values()], hasMore: Boolean(cursor) });
  };
  const failed = (error: unknown): void => {
    const { status, ...rest } = view.getView();
    show({ ...rest, status: status === 'ready' ? status : 'failed', problem: problemOf(error) });
  };
  const want = (): void => loop?.want();
  const wantSoon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      want();
    }, mergeMs);
  };
  const refresh = (): Promise<void> => (loop ? loop.now() : pull());

  return {
    view,
    refresh,
    start() {
      const stopWatching = routes.watch(undefined, {
        connected: want,
        poll: want,
        signal: ({ type }) => {
          if (type !== 'content_delta') wantSoon();
        },
      });
      loop = pullLoop({ pull, failed }, patience);
      want();
      return () => {
        stopWatching();
        loop?.stop();
        loop = undefined;
      };
    },
    async loadMore() {
      const { hasMore, contexts } = view.getView();
      if (!hasMore) return;
      count = contexts.length + pageSize;
      await refresh();
    },
  };
}

const asBefore = (before: ContextMetadata | undefined, next: ContextMetadata): ContextMetadata =>
  before && isSameJson(before, next) ? before : next;
