import { Injectable } from '@nestjs/common';
import { ContextStore } from '../../contexts/context.store.js';
import type { Context } from '../../contexts/context-row.js';
import { refusalFacts, refuseBusy } from '../../contexts/refusals.js';
import { DomainError } from '../../kernel/domain-error.js';
import type { Owner, RunId } from '../../kernel/ids.js';
import type { RequestKey } from '../../kernel/request-key.js';
import type { RunEntity } from '../../runs/run.entity.js';
import { RunStore } from '../../runs/run.store.js';
import { Runner } from '../../runs/runner.js';
import { Turns } from '../../runs/turns.js';
import { Storage } from '../../storage/storage.js';
import type { Tx } from '../../storage/tx.js';
import type { ExecutionAccepted } from '../dto/workflow-views.js';
import { ExecutionEnds } from '../execution/execution-ends.js';
import { ExecutionStore } from '../execution/execution.store.js';
import { executionNotFound } from '../execution/executions.pull.js';
import { goingOn } from '../execution/going-on.js';
import type { WorkflowExecutionEntity } from '../execution/workflow-execution.entity.js';
import { standingOf } from './standing-of.js';

interface Steered {
  readonly tx: Tx;
  readonly context: Context;
  readonly run: RunEntity;
  readonly execution: WorkflowExecutionEntity;
}

/** Pauses, resumes and cancels executions. Each is idempotent while the execution is not over. */
@Injectable()
export class SteerExecutionCommand {
  constructor(
    private readonly storage: Storage,
    private readonly contexts: ContextStore,
    private readonly runs: RunStore,
    private readonly executions: ExecutionStore,
    private readonly ends: ExecutionEnds,
    private readonly turns: Turns,
    private readonly runner: Runner,
  ) {}

  /** No further step begins; the steps that run come to their end. `illegal_transition` (409) once it is over. */
  pause(id: RunId, owner: Owner, key?: RequestKey): Promise<ExecutionAccepted> {
    return this.steer('pause_execution', id, owner, key, async ({ tx, context, run }) => {
      refuseOver(context, run, 'pause');
      await this.executions.pause(tx, run.id, true);
      return standingOf(run, run.status);
    });
  }

  /** Goes on after the last step that was finished. `context_busy` while something else runs in the context. */
  resume(id: RunId, owner: Owner, key?: RequestKey): Promise<ExecutionAccepted> {
    this.runner.refuseWhileDraining();
    return this.steer('resume_execution', id, owner, key, async ({ tx, context, run, execution }) => {
      refuseOver(context, run, 'resume');
      await this.executions.pause(tx, run.id, false);
      if (run.status !== 'paused') return standingOf(run, run.status);
      refuseBusy(context);
      const free = await this.turns.giveUpWaiting(tx, context);
      const steps = await this.executions.steps(tx, run.id);
      await this.contexts.advance(tx, free, goingOn(execution, steps));
      await this.runs.release(tx, run.id);
      return standingOf(run, 'accepted');
    });
  }

  /** Ends it; what its steps did stays done. Cancelling what is over already changes nothing. */
  async cancel(id: RunId, owner: Owner, key?: RequestKey): Promise<ExecutionAccepted> {
    const answer = await this.steer('cancel_execution', id, owner, key, async ({ tx, context, run }) => {
      if (isOver(run)) return standingOf(run, run.status);
      if (run.status === 'paused') {
        await this.runs.end(tx, run.id, 'cancelled');
        await this.ends.close(tx, context, run, { status: 'cancelled' });
      } else {
        const next = await this.turns.end(tx, context, run, {
          event: { type: 'cancelled' },
          run: 'cancelled',
          stream: { status: 'cancelled', finish_reason: null },
        });
        await this.turns.startNext(tx, next);
      }
      return standingOf(run, 'cancelled');
    });
    this.runner.stop(id);
    return answer;
  }

  private async steer(
    name: string,
    id: RunId,
    owner: Owner,
    key: RequestKey | undefined,
    work: (steered: Steered) => Promise<ExecutionAccepted>,
  ): Promise<ExecutionAccepted> {
    const answer = await this.storage.commitOnce(name, key, async (tx) => {
      const execution = await this.executions.find(tx, id);
      const context = execution && (await this.contexts.tryLock(tx, execution.context_id));
      // Read again under the lock: what was found before it may have moved on.
      const run = context?.owner === owner ? await this.runs.get(tx, context.id, id) : undefined;
      if (!execution || !context || !run) throw executionNotFound();
      return work({ tx, context, run, execution });
    });
    this.runner.wake();
    return answer;
  }
}

const isOver = ({ status }: RunEntity): boolean =>
  ['completed', 'failed', 'cancelled', 'interrupted'].includes(status);

function refuseOver(context: Context, run: RunEntity, action: string): void {
  if (!isOver(run)) return;
  throw new DomainError(
    'illegal_transition',
    `The execution is ${run.status}, where ${action} is not possible.`,
    refusalFacts(context),
  );
}
