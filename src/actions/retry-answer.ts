import { Injectable } from '@nestjs/common';
import { BranchStore } from '../contexts/branch.store.js';
import { ContextStore } from '../contexts/context.store.js';
import { refusalFacts, refuseBusy } from '../contexts/refusals.js';
import type { Context } from '../contexts/context-row.js';
import type { ContextState } from '../contexts/context-state.js';
import { DomainError } from '../kernel/domain-error.js';
import type { BranchId, ContextId, Owner, RunId } from '../kernel/ids.js';
import { lastUserMessage } from '../messages/last-user-message.js';
import { RunStore } from '../runs/run.store.js';
import { Runner } from '../runs/runner.js';
import { TurnCheck } from '../runs/turn-check.js';
import { Turns } from '../runs/turns.js';
import type { RequestKey } from '../kernel/request-key.js';
import { Storage } from '../storage/storage.js';

export interface RetryAnswer {
  readonly context_id: ContextId;
  readonly run_id: RunId;
  readonly branch: BranchId;
  readonly state: Context['state'];
  readonly revision: number;
}

/**
 * Answers the last user message once more. Nothing is rewritten: when an answer, or a part of one, stands after it,
 * the new answer is its sibling on a new branch, which becomes the active one.
 */
@Injectable()
export class RetryAnswerCommand {
  constructor(
    private readonly storage: Storage,
    private readonly contexts: ContextStore,
    private readonly branches: BranchStore,
    private readonly runs: RunStore,
    private readonly turns: Turns,
    private readonly turnCheck: TurnCheck,
    private readonly runner: Runner,
  ) {}

  /** `context_busy` while a run is under way, `nothing_to_retry` before the first user message. */
  async execute(id: ContextId, owner: Owner, key?: RequestKey): Promise<RetryAnswer> {
    this.runner.refuseWhileDraining();
    const answer = await this.storage.commitOnce('retry', key, async (tx) => {
      const found = await this.contexts.lock(tx, id, owner);
      refuseBusy(found);
      const context = await this.turns.giveUpWaiting(tx, found);
      const branch = await this.branches.get(tx, id, context.active_branch);
      const message = await lastUserMessage(tx, id, branch.id);
      const moved = await this.contexts.advance(tx, context, { type: eventOf(context.state) });
      if (!message)
        throw new DomainError(
          'nothing_to_retry',
          'No user message stands on this branch.',
          refusalFacts(context),
        );
      const { end } = message;
      const isAnswered = branch.head_message_id !== end.message_id;
      const target = isAnswered
        ? (await this.branches.fork(tx, id, end, { config: branch.config })).id
        : branch.id;
      const next = isAnswered
        ? await this.contexts.update(tx, moved, { active_branch: target }, ['branches'])
        : moved;
      // Asked again as it was asked: a model that was named for this answer alone is named for its retry too.
      const model = (await this.runs.lastFor(tx, id, message.id))?.model ?? null;
      this.turnCheck.require(context, branch, { model });
      const run = await this.turns.answer(tx, next, { branch: target, messageId: message.id, model });
      return { context_id: id, run_id: run.id, branch: target, state: next.state, revision: next.revision };
    });
    this.runner.wake();
    return answer;
  }
}

/**
 * An answer is made anew by accepting its question once more, also one that waits for approvals; at the limit of rounds,
 * and after a failure, there is no answer yet.
 */
function eventOf(state: ContextState): 'retry' | 'message_accepted' {
  const isAnswering = state.type === 'awaiting_user' && state.reason !== 'depth_limit';
  return state.type === 'initial' || isAnswering ? 'message_accepted' : 'retry';
}
