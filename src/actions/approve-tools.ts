import { Injectable } from '@nestjs/common';
import { ContextStore } from '../contexts/context.store.js';
import type { Context } from '../contexts/context-row.js';
import { illegalTransition } from '../contexts/refusals.js';
import type { ContextId, Owner, RunId } from '../kernel/ids.js';
import type { RequestKey } from '../kernel/request-key.js';
import type { RunEntity } from '../runs/run.entity.js';
import { RunKinds } from '../runs/kinds-of-runs.js';
import { RunStore } from '../runs/run.store.js';
import { Runner } from '../runs/runner.js';
import { RoundApproval, type CallDecision } from '../runs/tool-rounds/round-approval.js';
import { Storage } from '../storage/storage.js';
import type { Tx } from '../storage/tx.js';
import { standing, type Standing } from './standing.js';

/** Takes the user's decisions about calls that wait for them, from any client. The run goes on once none waits. */
@Injectable()
export class ApproveToolsCommand {
  constructor(
    private readonly storage: Storage,
    private readonly contexts: ContextStore,
    private readonly runs: RunStore,
    private readonly kinds: RunKinds,
    private readonly rounds: RoundApproval,
    private readonly runner: Runner,
  ) {}

  /**
   * `illegal_transition` (409) where nothing waits, `decision_conflict` (409) for a call that was decided otherwise,
   * `unprocessable` (422) for one that is not there. Then none of the decisions counts.
   */
  async execute(
    id: ContextId,
    owner: Owner,
    decisions: readonly CallDecision[],
    key?: RequestKey,
  ): Promise<Standing & { run_id: RunId }> {
    this.runner.refuseWhileDraining();
    const answer = await this.storage.commitOnce('approve_tools', key, async (tx) => {
      const context = await this.contexts.lock(tx, id, owner);
      const { state } = context;
      const isWaiting = state.type === 'awaiting_user' && state.reason === 'tool_approval';
      const run = isWaiting ? await this.runs.current(tx, id) : undefined;
      if (!run) throw illegalTransition(context, 'approve_tools');
      return { ...standing(await this.decide(tx, context, run, decisions)), run_id: run.id };
    });
    this.runner.wake();
    return answer;
  }

  private decide(
    tx: Tx,
    context: Context,
    run: RunEntity,
    decisions: readonly CallDecision[],
  ): Promise<Context> {
    const kind = this.kinds.find(run.kind);
    if (!kind) return this.rounds.decide(tx, context, run, decisions, context.owner);
    if (!kind.decide) throw illegalTransition(context, 'approve_tools');
    return kind.decide(tx, context, run, decisions, context.owner);
  }
}
