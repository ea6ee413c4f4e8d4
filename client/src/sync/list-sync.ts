// A list of contexts, kept as the server has it. Any signal about any context may have changed it: then all that is
// shown of it is pulled again, never twice at once and not more than a few times a second.
import type { Patience } from '../calls/patience.js';
import { maxPage } from '../calls/pulls.js';
import type { Client } from '../calls/api-client.js';
import { listContexts } from '../generated/sdk.gen.js';
import type { ContextMetadata, Signal } from '../generated/types.gen.js';
import { LiveValue } from '../live-value.js';
import { problemOf } from '../problem.js';
import type { ContextListQuery, ContextListView } from '../views.js';
import { PullLoop } from './pull-loop.js';
import type { SignalRoutes, Watcher } from './signal-routes.js';

/** Signals within this time cause one pull. */
const mergeMs = 300;

interface Pulled {
  readonly contexts: readonly ContextMetadata[];
  readonly cursor: string | null;
}

export class ListSync implements Watcher {
  readonly view = new LiveValue<ContextListView>({ status: 'loading', contexts: [], hasMore: false });
  /** How many are to be shown, if there are. */
  private count: number;
  private loop: PullLoop | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly query: ContextListQuery,
    private readonly pageSize: number,
    private readonly client: Client,
    private readonly routes: SignalRoutes,
    private readonly patience: Patience,
  ) {
    this.count = pageSize;
  }

  /** Follows until the function that it gives is called. */
  start(): () => void {
    const cursor = {
      pull: (abort: AbortSignal) => this.pull(abort),
      isBehind: () => false,
      failed: (error: unknown) => this.fail(error),
    };
    const loop = (this.loop = new PullLoop(cursor, this.patience));
    const stopWatching = this.routes.watch(undefined, this);
    loop.want();
    return () => {
      stopWatching();
      clearTimeout(this.timer);
      this.timer = undefined;
      loop.stop();
      this.loop = undefined;
    };
  }

  connected(): void {
    this.loop?.want();
  }

  poll(): void {
    this.loop?.want();
  }

  signal(signal: Signal): void {
    if (signal.type !== 'content_delta') this.changed();
  }

  /** Something in it may have changed. */
  changed(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.loop?.want();
    }, mergeMs);
  }

  async loadMore(): Promise<void> {
    const { hasMore, contexts } = this.view.getView();
    if (!hasMore) return;
    this.count = contexts.length + this.pageSize;
    await this.refresh();
  }

  async refresh(): Promise<void> {
    await (this.loop ? this.loop.now() : this.pull(new AbortController().signal));
  }

  private async pull(abort: AbortSignal): Promise<void> {
    let pulled = await this.page(this.count, undefined, abort);
    while (pulled.cursor !== null && pulled.contexts.length < this.count) {
      const next = await this.page(this.count - pulled.contexts.length, pulled.cursor, abort);
      pulled = { contexts: [...pulled.contexts, ...next.contexts], cursor: next.cursor };
    }
    if (abort.aborted) return;
    this.show(pulled);
  }

  private async page(count: number, cursor: string | undefined, signal: AbortSignal): Promise<Pulled> {
    const query = { ...this.query, limit: Math.min(count, maxPage), ...(cursor && { cursor }) };
    const { data } = await listContexts({ client: this.client, query, signal });
    return { contexts: data.contexts, cursor: data.next_cursor };
  }

  /** What has moved up while its page was pulled came twice; its first place is the newer one. */
  private show({ contexts, cursor }: Pulled): void {
    const before = new Map(this.view.getView().contexts.map((context) => [context.id, context]));
    const next = new Map<string, ContextMetadata>();
    for (const context of contexts)
      if (!next.has(context.id)) next.set(context.id, asBefore(before.get(context.id), context));
    this.view.set({ status: 'ready', contexts: [...next.values()], hasMore: cursor !== null });
  }

  private fail(error: unknown): void {
    const view = this.view.getView();
    const status = view.status === 'ready' ? 'ready' : 'failed';
    this.view.set({ ...view, status, problem: problemOf(error) });
  }
}

const asBefore = (before: ContextMetadata | undefined, next: ContextMetadata): ContextMetadata =>
  before && JSON.stringify(before) === JSON.stringify(next) ? before : next;
