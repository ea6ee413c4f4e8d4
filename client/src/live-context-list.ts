import type { Attention } from './sync/attention.js';
import type { ListSync } from './sync/list-sync.js';
import type { ContextListView, Live, LiveContextList } from './views.js';

export class FollowedList implements LiveContextList {
  readonly getView: Live<ContextListView>['getView'];
  readonly subscribe: Live<ContextListView>['subscribe'];

  constructor(
    private readonly sync: ListSync,
    private readonly attention: Attention,
  ) {
    ({ getView: this.getView, subscribe: this.subscribe } = attention.live(sync.view));
  }

  loadMore(): Promise<void> {
    return this.sync.loadMore();
  }

  refresh(): Promise<void> {
    return this.sync.refresh();
  }

  /** Follows no longer, whoever looks. */
  close(): void {
    this.attention.end();
  }
}
