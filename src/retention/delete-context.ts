import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { requireMatch } from '../contexts/contexts.service.js';
import { ContextStore } from '../contexts/context.store.js';
import { readContext } from '../contexts/context-row.js';
import { contextNotFound } from '../contexts/refusals.js';
import type { ContextId, Owner } from '../kernel/ids.js';
import { Storage } from '../storage/storage.js';
import { DeletedContextStore, rowOf } from './deleted-context.store.js';
import { Deletion, type Deleted } from './deletion.js';
import { Purge } from './purge.js';

export interface DeleteRequest {
  /** The header as it came. */
  readonly ifMatch?: string;
  /** At once and for good; also of a context that is deleted already. */
  readonly isPurge: boolean;
}

/** Deletes a context, for the time of grace or for good. A run that is under way is stopped. */
@Injectable()
export class DeleteContextCommand {
  constructor(
    private readonly storage: Storage,
    private readonly contexts: ContextStore,
    private readonly deleted: DeletedContextStore,
    private readonly deletion: Deletion,
    private readonly purge: Purge,
    private readonly settings: Settings,
  ) {}

  /** A stale `ifMatch` is `revision_mismatch` (412), and nothing is deleted. For good, it ends when every row is gone. */
  async execute(id: ContextId, owner: Owner, { ifMatch, isPurge }: DeleteRequest): Promise<void> {
    const isForGood = isPurge || this.settings.deleteGraceMs === 0;
    const done = await this.storage.commit('delete_context', async (tx): Promise<Deleted | undefined> => {
      const context = await this.contexts.tryLock(tx, id);
      if (context?.owner === owner) {
        requireMatch(context, ifMatch);
        return this.deletion.delete(tx, context, { reason: 'requested', actor: owner, isForGood });
      }
      if (!isPurge) throw contextNotFound(id);
      requireMatch(readContext(rowOf(await this.deleted.lock(tx, id, owner))), ifMatch);
      await this.deleted.giveUp(tx, id);
      return undefined;
    });
    if (done) this.deletion.committed(done);
    if (isForGood) await this.purge.whole(id, owner);
  }
}
