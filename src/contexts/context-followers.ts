import { Injectable } from '@nestjs/common';
import type { Tx } from '../storage/tx.js';
import type { Context } from './context-row.js';

/** What a higher room keeps of contexts beside their messages. It awaits nothing but its Tx. */
export interface ContextFollower {
  /** The context is being deleted: nobody finds it from this unit on, but it may come back until it is purged. */
  deleting?(tx: Tx, context: Context): Promise<void>;
  /**
   * The context is being purged, and this removes at most `limit` rows that are kept of it; answers how many. It is
   * called in one unit after another, and again after a crash, until it answers fewer than it was allowed.
   */
  removeSome(tx: Tx, context: Context, limit: number): Promise<number>;
}

/** Those who keep something of contexts. Rooms below know nobody above them, so the followers come here by themselves. */
@Injectable()
export class ContextFollowers implements ContextFollower {
  private readonly followers: ContextFollower[] = [];

  /** To be called while the modules are made; contexts are deleted after that. */
  add(follower: ContextFollower): void {
    this.followers.push(follower);
  }

  async deleting(tx: Tx, context: Context): Promise<void> {
    for (const follower of this.followers) await follower.deleting?.(tx, context);
  }

  async removeSome(tx: Tx, context: Context, limit: number): Promise<number> {
    let removed = 0;
    for (const follower of this.followers) {
      if (removed < limit) removed += await follower.removeSome(tx, context, limit - removed);
    }
    return removed;
  }
}
