import { Injectable } from '@nestjs/common';
import { ContextStore } from '../contexts/context.store.js';
import type { Context } from '../contexts/context-row.js';
import { contextNotFound } from '../contexts/refusals.js';
import { Clock } from '../kernel/clock.js';
import type { ContextId, Owner } from '../kernel/ids.js';
import type { RequestKey } from '../kernel/request-key.js';
import { Storage } from '../storage/storage.js';
import { AuditStore, type AuditEntry } from './audit/audit.store.js';
import { DeletedContextStore, rowOf } from './deleted-context.store.js';

export interface Undeleted {
  readonly context_id: ContextId;
  readonly state: Context['state'];
  readonly revision: number;
}

/** Brings a deleted context back, with everything of it, while its time of grace lasts. */
@Injectable()
export class UndeleteContextCommand {
  constructor(
    private readonly storage: Storage,
    private readonly contexts: ContextStore,
    private readonly deleted: DeletedContextStore,
    private readonly audit: AuditStore,
    private readonly clock: Clock,
  ) {}

  /** `context_not_found` once it can be purged at any moment. One that is not deleted stays as it is. */
  async execute(id: ContextId, owner: Owner, key?: RequestKey): Promise<Undeleted> {
    const said: AuditEntry[] = [];
    const answer = await this.storage.commitOnce('undelete', key, async (tx) => {
      const there = await this.contexts.tryLock(tx, id);
      if (there?.owner === owner) return standing(there);
      const found = await this.deleted.lock(tx, id, owner);
      if (found.purge_at <= this.clock.now()) throw contextNotFound(id);
      const context = await this.contexts.putBack(tx, rowOf(found));
      await this.deleted.remove(tx, id);
      const facts = { deleted_for_ms: this.clock.now() - found.deleted_at };
      const action = 'context_undeleted' as const;
      said.push(await this.audit.add(tx, { owner, actor: owner, action, context_id: id, facts }));
      return standing(context);
    });
    for (const entry of said) this.audit.say(entry);
    return answer;
  }
}

const standing = ({ id, state, revision }: Context): Undeleted => ({ context_id: id, state, revision });
