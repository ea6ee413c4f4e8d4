import { Injectable } from '@nestjs/common';
import { ContextStore } from '../contexts/context.store.js';
import type { Context } from '../contexts/context-row.js';
import { tryTransition, type ContextState } from '../contexts/context-state.js';
import { DomainError } from '../kernel/domain-error.js';
import type { ContextId, Owner, RunId } from '../kernel/ids.js';
import { RunStore } from '../runs/run.store.js';
import { Runner } from '../runs/runner.js';
import { Turns } from '../runs/turns.js';
import type { RequestKey } from '../kernel/request-key.js';
import { Storage } from '../storage/storage.js';
import type { Tx } from '../storage/tx.js';

export interface CancelAnswer {
  readonly context_id: ContextId;
  readonly run_id: RunId | null;
  readonly state: Context['state'];
  readonly revision: number;
}

interface Ended {
  readonly context: Context;
  /** Undefined when an external producer was writing: there is no run of ours then. */
  readonly run_id: RunId | undefined;
}

/** Stops the run that is under way and keeps what it wrote. Stopping what is over already changes nothing. */
@Injectable()
export class CancelRunCommand {
  constructor(
    private readonly storage: Storage,
    private readonly contexts: ContextStore,
    private readonly runs: RunStore,
    private readonly turns: Turns,
    private readonly runner: Runner,
  ) {}

  /** With `runId`, that run or nothing. A run that still waits in line is taken out of it, its message with it. */
  async execute(
    id: ContextId,
    owner: Owner,
    runId: RunId | undefined,
    key?: RequestKey,
  ): Promise<CancelAnswer> {
    const answer = await this.storage.commitOnce('cancel', key, async (tx) => {
      const context = await this.contexts.lock(tx, id, owner);
      if (runId !== undefined) return this.cancelOne(tx, context, runId);
      return isCancellable(context.state) ? this.cancelCurrent(tx, context) : answerOf(context, null);
    });
    this.runner.stop(answer.run_id ?? undefined);
    this.runner.wake();
    return answer;
  }

  /** Ends the turn under way within a larger unit. What waits in line is left to wait. */
  async end(tx: Tx, context: Context): Promise<Ended> {
    const run = await this.runs.current(tx, context.id);
    const next = await this.turns.end(tx, context, run, {
      event: { type: 'cancelled' },
      run: 'cancelled',
      stream: { status: 'cancelled', finish_reason: null },
    });
    return { context: next, run_id: run?.id };
  }

  private async cancelCurrent(tx: Tx, context: Context): Promise<CancelAnswer> {
    const { context: ended, run_id } = await this.end(tx, context);
    return answerOf(await this.turns.startNext(tx, ended), run_id ?? null);
  }

  private async cancelOne(tx: Tx, context: Context, runId: RunId): Promise<CancelAnswer> {
    const run = await this.runs.get(tx, context.id, runId);
    if (!run) throw new DomainError('run_not_found', `The context has no run ${runId}.`);
    if (run.kind !== 'title' && ['accepted', 'running', 'waiting'].includes(run.status))
      return this.cancelCurrent(tx, context);
    const isOpen = ['queued', 'accepted', 'running'].includes(run.status);
    if (isOpen) await this.runs.end(tx, run.id, 'cancelled');
    return answerOf(context, isOpen ? run.id : null);
  }
}

/** While a run is under way, and while one waits for an approval. */
const isCancellable = (state: ContextState): boolean =>
  tryTransition(state, { type: 'cancelled' }) !== undefined;

const answerOf = ({ id, state, revision }: Context, runId: RunId | null): CancelAnswer => ({
  context_id: id,
  run_id: runId,
  state,
  revision,
});
