import { Injectable } from '@nestjs/common';
import { BranchStore, type Branch } from '../../contexts/branch.store.js';
import { requireMatch } from '../../contexts/contexts.service.js';
import { ContextStore } from '../../contexts/context.store.js';
import type { Context } from '../../contexts/context-row.js';
import { DomainError } from '../../kernel/domain-error.js';
import type { BranchId, ContextId, Owner, RunId } from '../../kernel/ids.js';
import { MessageStore } from '../../messages/message.store.js';
import { PoolSweep } from '../../messages/pool-sweep.js';
import { RunStore } from '../../runs/run.store.js';
import { Runner } from '../../runs/runner.js';
import { Storage } from '../../storage/storage.js';
import type { Tx } from '../../storage/tx.js';
import { StreamStore } from '../../streaming/stream.store.js';
import { refuseArchived } from '../standing.js';

/** Removes a branch, and of its messages those that no other branch has. */
@Injectable()
export class DeleteBranchCommand {
  constructor(
    private readonly storage: Storage,
    private readonly contexts: ContextStore,
    private readonly branches: BranchStore,
    private readonly messages: MessageStore,
    private readonly streams: StreamStore,
    private readonly pool: PoolSweep,
    private readonly runs: RunStore,
    private readonly runner: Runner,
  ) {}

  /** `branch_in_use` for the branch that is shown, and while anything works or waits on it. */
  async execute(id: ContextId, owner: Owner, branchId: BranchId, ifMatch?: string): Promise<void> {
    const stopped = await this.storage.commit('delete_branch', async (tx): Promise<readonly RunId[]> => {
      const context = await this.contexts.lock(tx, id, owner);
      requireMatch(context, ifMatch);
      refuseArchived(context, 'deleting a branch');
      const branch = await this.branches.get(tx, id, branchId);
      const titles = await this.requireUnused(tx, context, branch);
      for (const run of titles) await this.runs.end(tx, run, 'cancelled');
      await this.branches.hide(tx, branch);
      const removed = await this.pool.sweep(tx, context);
      await this.streams.remove(tx, removed);
      await this.messages.takeOut(tx, context, removed);
      await this.contexts.touch(tx, context, ['branches'], removed.length);
      return titles;
    });
    for (const run of stopped) this.runner.stop(run);
  }

  /** Answers the runs that make a title of what is on it: they hold up nobody. */
  private async requireUnused(tx: Tx, context: Context, branch: Branch): Promise<readonly RunId[]> {
    if (branch.id === context.active_branch) throw inUse('It is the one that is shown: switch to another.');
    const open = await this.runs.openOn(tx, context.id, branch.id);
    const titles = open.filter(({ kind }) => kind === 'title');
    if (titles.length < open.length) throw inUse('A run works or waits on it.');
    if ((await this.streams.openBranch(tx, context.id)) === branch.id)
      throw inUse('A message streams on it.');
    const { state } = context;
    const isAtLimit = state.type === 'awaiting_user' && state.reason === 'depth_limit';
    if (isAtLimit && (await this.runs.lastAnswer(tx, context.id))?.branch === branch.id)
      throw inUse('Its answer can still be continued.');
    return titles.map((run) => run.id);
  }
}

const inUse = (why: string): DomainError =>
  new DomainError('branch_in_use', `The branch cannot be deleted now. ${why}`);
