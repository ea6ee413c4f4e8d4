import { Injectable } from '@nestjs/common';
import { BranchStore } from '../contexts/branch.store.js';
import { ContextStore } from '../contexts/context.store.js';
import type { BranchId, ContextId, Owner } from '../kernel/ids.js';
import type { RequestKey } from '../kernel/request-key.js';
import { Storage } from '../storage/storage.js';
import { refuseArchived, standing, type Standing } from './standing.js';

/** Chooses the branch that is shown and continued. A run that is under way goes on writing where it began. */
@Injectable()
export class SwitchBranchCommand {
  constructor(
    private readonly storage: Storage,
    private readonly contexts: ContextStore,
    private readonly branches: BranchStore,
  ) {}

  execute(id: ContextId, owner: Owner, branchId: BranchId, key?: RequestKey): Promise<Standing> {
    return this.storage.commitOnce('switch_branch', key, async (tx) => {
      const context = await this.contexts.lock(tx, id, owner);
      refuseArchived(context, 'switch_branch');
      const branch = await this.branches.get(tx, id, branchId);
      if (branch.id === context.active_branch) return standing(context);
      return standing(await this.contexts.update(tx, context, { active_branch: branch.id }));
    });
  }
}
