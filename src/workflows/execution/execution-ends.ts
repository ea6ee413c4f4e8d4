import { Injectable } from '@nestjs/common';
import { ContextStore } from '../../contexts/context.store.js';
import type { Context } from '../../contexts/context-row.js';
import type { PendingCall } from '../../contexts/context-state.js';
import type { WorkflowApproval } from '../../messages/payload-kinds.js';
import { AnswerSteps } from '../../runs/answer-steps.js';
import type { RunEntity } from '../../runs/run.entity.js';
import type { RunEnd } from '../../runs/kinds-of-runs.js';
import { RunStore } from '../../runs/run.store.js';
import { Turns } from '../../runs/turns.js';
import type { Tx } from '../../storage/tx.js';
import type { Workflow } from '../definition/workflow-kinds.js';
import { ExecutionMessage } from './execution-message.js';
import { ExecutionStore } from './execution.store.js';
import { approvalsIn } from './executions.pull.js';
import type { WalkEnd } from './walk.js';
import type { WorkflowExecutionEntity } from './workflow-execution.entity.js';

/** The questions as the context's state names them. */
export const approvalPending = (approvals: readonly WorkflowApproval[]): readonly PendingCall[] =>
  approvals.map(({ tool_call_id }) => ({ tool_call_id, tool_name: 'approval' }));

/** How a walk ends, or rests: each in one unit that moves the state, the run and the message together. */
@Injectable()
export class ExecutionEnds {
  constructor(
    private readonly steps: AnswerSteps,
    private readonly contexts: ContextStore,
    private readonly runs: RunStore,
    private readonly turns: Turns,
    private readonly executions: ExecutionStore,
    private readonly message: ExecutionMessage,
  ) {}

  /** False when there is nothing to wait for after all: the walk is to be taken up again at once. */
  end(run: RunEntity, execution: WorkflowExecutionEntity, end: WalkEnd): Promise<boolean> {
    return this.steps.held('end_walk', run, async ({ tx, context }) => {
      if (end.type === 'suspended') return this.rest(tx, context, run);
      const next =
        end.type === 'completed'
          ? await this.complete(tx, context, run, execution, end.result)
          : await this.fail(tx, context, run, end.error);
      await this.turns.startNext(tx, next);
      return true;
    });
  }

  /** What the execution shows once its run was ended by a command or a failure. */
  async close(tx: Tx, context: Context, run: RunEntity, { status, error }: RunEnd): Promise<Context> {
    const execution = await this.executions.find(tx, run.id);
    if (!execution) return context;
    const final = status === 'cancelled' ? 'cancelled' : 'failed';
    return this.message.show(
      tx,
      context,
      execution.message_id,
      { workflow_status: final, ...(error && { error: error.message }) },
      final,
    );
  }

  private async complete(
    tx: Tx,
    context: Context,
    run: RunEntity,
    execution: WorkflowExecutionEntity,
    result: unknown,
  ): Promise<Context> {
    const { steps } = JSON.parse(execution.workflow) as Workflow;
    const next = await this.contexts.advance(tx, context, { type: 'workflow_finished' });
    await this.executions.complete(tx, run.id, result);
    await this.runs.end(tx, run.id, 'completed');
    const shown = { workflow_status: 'completed', completed_steps: steps.length, result } as const;
    return this.message.show(tx, next, execution.message_id, shown, 'complete');
  }

  private fail(
    tx: Tx,
    context: Context,
    run: RunEntity,
    { code, message, path }: { readonly code: string; readonly message: string; readonly path: string },
  ): Promise<Context> {
    return this.turns.end(tx, context, run, {
      event: { type: 'failed', code, message: `Step ${path}: ${message}`, retryable: false },
      run: 'failed',
      stream: { status: 'failed', finish_reason: 'error' },
    });
  }

  /** The turn is the user's until the execution is resumed, or its questions are answered. */
  private async rest(tx: Tx, context: Context, run: RunEntity): Promise<boolean> {
    const execution = await this.executions.find(tx, run.id);
    const approvals = approvalsIn(await this.executions.steps(tx, run.id));
    const isPaused = execution?.is_paused === 1;
    if (!execution || (!isPaused && approvals.length === 0)) return false;
    const next = isPaused
      ? await this.contexts.advance(tx, context, { type: 'workflow_finished' })
      : await this.contexts.advance(tx, context, {
          type: 'approval_required',
          pending: approvalPending(approvals),
        });
    await (isPaused ? this.runs.pause(tx, run.id) : this.runs.wait(tx, run.id));
    const shown = { workflow_status: isPaused ? 'paused' : 'running', approvals } as const;
    const after = await this.message.show(tx, next, execution.message_id, shown);
    if (isPaused) await this.turns.startNext(tx, after);
    return true;
  }
}
