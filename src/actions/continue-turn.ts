import { Injectable } from '@nestjs/common';
import { BranchStore } from '../contexts/branch.store.js';
import { ContextStore } from '../contexts/context.store.js';
import type { ContextId, Owner, RunId } from '../kernel/ids.js';
import { RunStore } from '../runs/run.store.js';
import { Runner } from '../runs/runner.js';
import { TurnCheck } from '../runs/turn-check.js';
import { Turns } from '../runs/turns.js';
import type { RequestKey } from '../kernel/request-key.js';
import { Storage } from '../storage/storage.js';
import { standing, type Standing } from './standing.js';

/** Lets the model go on after the limit of tool rounds, with as many rounds again. */
@Injectable()
export class ContinueTurnCommand {
  constructor(
    private readonly storage: Storage,
    private readonly contexts: ContextStore,
    private readonly runs: RunStore,
    private readonly turns: Turns,
    private readonly branches: BranchStore,
    private readonly turnCheck: TurnCheck,
    private readonly runner: Runner,
  ) {}

  /** `illegal_transition` (409) unless the context awaits the user because of `depth_limit`. */
  async execute(id: ContextId, owner: Owner, key?: RequestKey): Promise<Standing & { run_id: RunId }> {
    this.runner.refuseWhileDraining();
    const answer = await this.storage.commitOnce('continue', key, async (tx) => {
      const context = await this.contexts.lock(tx, id, owner);
      const next = await this.contexts.advance(tx, context, { type: 'continue' });
      const stopped = await this.runs.lastAnswer(tx, id);
      const branch = await this.branches.get(tx, id, stopped?.branch ?? next.active_branch);
      const model = stopped?.model ?? null;
      this.turnCheck.require(context, branch, { model });
      const messageId = stopped?.message_id ?? null;
      const run = await this.turns.answer(tx, next, { branch: branch.id, messageId, model });
      return { ...standing(next), run_id: run.id };
    });
    this.runner.wake();
    return answer;
  }
}
