import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { BranchStore } from '../contexts/branch.store.js';
import { ContextFollowers } from '../contexts/context-followers.js';
import { readContext, type Context } from '../contexts/context-row.js';
import { Clock } from '../kernel/clock.js';
import type { ContextId } from '../kernel/ids.js';
import { MessageStore } from '../messages/message.store.js';
import { RunKinds } from '../runs/kinds-of-runs.js';
import { RunStore } from '../runs/run.store.js';
import { ToolCallStore } from '../runs/tool-rounds/tool-call.store.js';
import { Storage } from '../storage/storage.js';
import type { Tx } from '../storage/tx.js';
import { StreamStore } from '../streaming/stream.store.js';
import type { Actor } from './audit/audit-kinds.js';
import { AuditStore, type AuditEntry } from './audit/audit.store.js';
import { DeletedContextStore, rowOf } from './deleted-context.store.js';

/** What one unit has left to do after it: more of the same, or nothing. */
type Step = 'more' | 'done' | { readonly entry: AuditEntry };

/**
 * Removes every row of deleted contexts whose time has come. Invariants: a unit removes at most `purgeBatchRows` rows, so
 * that other writers wait no longer than these take; where it stands is in the tables alone, so that a crash costs
 * nothing; from its first unit on the context cannot come back. The row in `deleted_contexts` is the last to go.
 */
@Injectable()
export class Purge {
  constructor(
    private readonly storage: Storage,
    private readonly deleted: DeletedContextStore,
    private readonly messages: MessageStore,
    private readonly streams: StreamStore,
    private readonly branches: BranchStore,
    private readonly runs: RunStore,
    private readonly calls: ToolCallStore,
    private readonly kinds: RunKinds,
    private readonly followers: ContextFollowers,
    private readonly audit: AuditStore,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /**
   * Removes all of it, in as many units as that takes; does nothing when its time has not come. Ends early once
   * `isEnding`. True when it was this call that removed the last of it.
   */
  async whole(id: ContextId, actor: Actor, isEnding: () => boolean = () => false): Promise<boolean> {
    for (let step: Step = 'more'; step !== 'done' && !isEnding();) {
      step = await this.storage.commit('purge_context', (tx) => this.step(tx, id, actor));
      if (typeof step === 'string') continue;
      this.audit.say(step.entry);
      return true;
    }
    return false;
  }

  private async step(tx: Tx, id: ContextId, actor: Actor): Promise<Step> {
    const deleted = await this.deleted.tryLock(tx, id);
    if (!deleted || deleted.purge_at > this.clock.now()) return 'done';
    if (deleted.purge_at > 0) await this.deleted.giveUp(tx, id);
    const context = readContext(rowOf(deleted));
    if (!(await this.removeSome(tx, context))) return 'more';
    await this.deleted.remove(tx, id);
    const { owner } = deleted;
    const facts = { reason: deleted.reason };
    return {
      entry: await this.audit.add(tx, { owner, actor, action: 'context_purged', context_id: id, facts }),
    };
  }

  /** True once nothing is left, and this unit had room to see it. */
  private async removeSome(tx: Tx, context: Context): Promise<boolean> {
    const most = this.settings.purgeBatchRows;
    const ids = await this.messages.some(tx, context, most);
    let room = most - (await this.streams.removeSome(tx, ids, most));
    if (ids.length >= room) {
      await this.messages.remove(tx, context, ids.slice(0, room));
      return false;
    }
    await this.messages.removeAll(tx, context);
    room -= ids.length;
    for (const part of [this.calls, this.kinds, this.runs, this.followers, this.messages, this.branches]) {
      room -= await part.removeSome(tx, context, room);
      if (room <= 0) return false;
    }
    return true;
  }
}
