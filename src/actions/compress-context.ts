import { Injectable } from '@nestjs/common';
import { allowedActions } from '../contexts/allowed-actions.js';
import { BranchStore } from '../contexts/branch.store.js';
import { ContextStore } from '../contexts/context.store.js';
import { illegalTransition, refuseBusy } from '../contexts/refusals.js';
import { DomainError } from '../kernel/domain-error.js';
import type { BranchId, ContextId, Owner, RunId } from '../kernel/ids.js';
import type { RequestKey } from '../kernel/request-key.js';
import { lastUserMessage } from '../messages/last-user-message.js';
import { compressKind } from '../runs/compression/compress-run.js';
import { RunStore } from '../runs/run.store.js';
import { Runner } from '../runs/runner.js';
import { Storage } from '../storage/storage.js';
import { standing, type Standing } from './standing.js';

/** Has the older turns of a branch summarized now, however much room there is. */
@Injectable()
export class CompressContextCommand {
  constructor(
    private readonly storage: Storage,
    private readonly contexts: ContextStore,
    private readonly branches: BranchStore,
    private readonly runs: RunStore,
    private readonly runner: Runner,
  ) {}

  /** `context_busy` while a run is under way, `unprocessable` before the first user message. */
  async execute(
    id: ContextId,
    owner: Owner,
    input: { readonly branch?: BranchId },
    key?: RequestKey,
  ): Promise<Standing & { run_id: RunId }> {
    this.runner.refuseWhileDraining();
    const answer = await this.storage.commitOnce('compress', key, async (tx) => {
      const context = await this.contexts.lock(tx, id, owner);
      refuseBusy(context);
      const branch = await this.branches.get(tx, id, input.branch ?? context.active_branch);
      const message = await lastUserMessage(tx, id, branch.id);
      if (!message)
        throw new DomainError('unprocessable', 'There is no message yet that could be summarized.');
      if (!allowedActions(context).includes('compress')) throw illegalTransition(context, 'compress');
      const next = await this.contexts.advanceAll(tx, context, [
        { type: 'message_accepted' },
        { type: 'stage_entered', stage: 'optimizing_context' },
      ]);
      const run = await this.runs.add(tx, next, {
        kind: compressKind,
        status: 'accepted',
        branch: branch.id,
        messageId: message.id,
        model: null,
      });
      return { ...standing(next), run_id: run.id };
    });
    this.runner.wake();
    return answer;
  }
}
