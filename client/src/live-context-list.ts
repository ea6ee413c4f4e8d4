import { Attention } from './sync/attention.js';
import type { ListSync } from './sync/list-sync.js';
import type { ContextListView, LiveContextList } from './views.js';

export class FollowedList implements LiveContextList {
  private readonly attention: Attention;

  constructor(
    private readonly sync: ListSync,
    lingerMs: number,
  ) {
    this.attention = new Attention(() => sync.start(), lingerMs);
  }

  readonly getView = (): ContextListView => this.sync.view.getView();

  readonly subscribe = (listener: (view: ContextListView) => void): (() => void) => {
    const stopTelling = this.sync.view.subscribe(listener);
    const lookAway = this.attention.pay();
    return () => {
      stopTelling();
      lookAway();
    };
  };

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
