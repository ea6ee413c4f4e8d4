import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { ContextFollowers } from '../contexts/context-followers.js';
import { ContextStore } from '../contexts/context.store.js';
import type { Context } from '../contexts/context-row.js';
import type { RunId } from '../kernel/ids.js';
import { Runner } from '../runs/runner.js';
import { Turns } from '../runs/turns.js';
import type { Tx } from '../storage/tx.js';
import type { Actor } from './audit/audit-kinds.js';
import { AuditStore, type AuditEntry } from './audit/audit.store.js';
import type { DeletionReason } from './deleted-context.entity.js';
import { DeletedContextStore } from './deleted-context.store.js';

export interface Deleting {
  readonly reason: DeletionReason;
  readonly actor: Actor;
  /** It is not to come back. */
  readonly isForGood?: boolean;
}

/** What is to be done once a deletion is committed. */
export interface Deleted {
  readonly runs: readonly RunId[];
  readonly entry: AuditEntry;
}

/**
 * Deletes contexts. What is being done in one ends as if it were cancelled, so that it is at rest if it comes back; then
 * its row leaves the table of contexts, and with that it is gone for everybody. Nothing else of it is touched.
 */
@Injectable()
export class Deletion {
  constructor(
    private readonly contexts: ContextStore,
    private readonly followers: ContextFollowers,
    private readonly deleted: DeletedContextStore,
    private readonly turns: Turns,
    private readonly runner: Runner,
    private readonly audit: AuditStore,
    private readonly settings: Settings,
  ) {}

  /** Deletes a locked context. Its answer is for `committed`. */
  async delete(tx: Tx, context: Context, { reason, actor, isForGood = false }: Deleting): Promise<Deleted> {
    const { context: ended, runs } = await this.turns.endAll(tx, context);
    const graceMs = isForGood ? 0 : this.settings.deleteGraceMs;
    await this.followers.deleting(tx, ended);
    await this.deleted.add(tx, await this.contexts.withdraw(tx, ended), reason, graceMs);
    const entry = await this.audit.add(tx, {
      owner: context.owner,
      actor,
      action: reason === 'expired' ? 'context_expired' : 'context_deleted',
      context_id: context.id,
      facts: { grace_ms: graceMs },
    });
    return { runs, entry };
  }

  /** The unit that deleted is committed: whoever still works on the context is stopped. */
  committed({ runs, entry }: Deleted): void {
    for (const run of runs) this.runner.stop(run);
    this.audit.say(entry);
  }
}
