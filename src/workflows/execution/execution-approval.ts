import { Injectable } from '@nestjs/common';
import { ContextStore } from '../../contexts/context.store.js';
import type { Context } from '../../contexts/context-row.js';
import { refusalFacts } from '../../contexts/refusals.js';
import { DomainError } from '../../kernel/domain-error.js';
import type { Owner } from '../../kernel/ids.js';
import type { RunEntity } from '../../runs/run.entity.js';
import { RunStore } from '../../runs/run.store.js';
import type { CallDecision } from '../../runs/tool-rounds/round-approval.js';
import type { Tx } from '../../storage/tx.js';
import { ExecutionMessage } from './execution-message.js';
import { approvalPending } from './execution-ends.js';
import { ExecutionStore } from './execution.store.js';
import { approvalsIn } from './executions.pull.js';
import { goingOn } from './going-on.js';
import type { WorkflowExecutionEntity } from './workflow-execution.entity.js';
import type { WorkflowStepEntity } from './workflow-step.entity.js';

const statusAfter = { approve: 'finished', deny: 'failed' } as const;

/**
 * Takes the user's answers to the questions of an execution, within the unit of a command. What was answered is not
 * taken back; the walk goes on with the commit in which the last question was answered.
 */
@Injectable()
export class ExecutionApproval {
  constructor(
    private readonly contexts: ContextStore,
    private readonly runs: RunStore,
    private readonly executions: ExecutionStore,
    private readonly message: ExecutionMessage,
  ) {}

  /** `unprocessable` for a question that nobody asked, `decision_conflict` for one that was answered otherwise. */
  async decide(
    tx: Tx,
    context: Context,
    run: RunEntity,
    decisions: readonly CallDecision[],
    by: Owner,
  ): Promise<Context> {
    const execution = await this.executions.find(tx, run.id);
    if (!execution) throw new Error(`Run ${run.id} executes nothing.`);
    const steps = await this.executions.steps(tx, run.id);
    const asked = steps.filter(({ kind }) => kind === 'approval');
    const fresh = decisions.filter((decision) => this.isFresh(context, asked, decision));
    for (const decision of fresh) await this.record(tx, run, decision, by);
    if (fresh.length === 0) return context;
    const left = approvalsIn(asked.filter(({ path }) => !fresh.some((one) => one.tool_call_id === path)));
    const next =
      left.length > 0
        ? await this.contexts.advance(tx, context, {
            type: 'approval_recorded',
            pending: approvalPending(left),
          })
        : await this.goOn(tx, context, execution, steps);
    return this.message.show(tx, next, execution.message_id, left.length > 0 ? { approvals: left } : {});
  }

  /** False for one that says again what was said. */
  private isFresh(context: Context, asked: readonly WorkflowStepEntity[], said: CallDecision): boolean {
    const { tool_call_id, decision } = said;
    const step = asked.find(({ path }) => path === tool_call_id);
    if (!step)
      throw new DomainError('unprocessable', `No question ${tool_call_id} waits for an answer here.`);
    if (step.status === 'waiting') return true;
    if (step.status === statusAfter[decision]) return false;
    throw new DomainError(
      'decision_conflict',
      `${tool_call_id} was answered otherwise.`,
      refusalFacts(context),
    );
  }

  private record(tx: Tx, run: RunEntity, { tool_call_id: path, decision, reason }: CallDecision, by: Owner) {
    if (decision === 'approve') return this.executions.finishStep(tx, run.id, path, { approved: true, by });
    const message = reason ?? 'The user denied it.';
    return this.executions.failStep(tx, run.id, path, { code: 'denied', message });
  }

  private async goOn(
    tx: Tx,
    context: Context,
    execution: WorkflowExecutionEntity,
    steps: readonly WorkflowStepEntity[],
  ): Promise<Context> {
    await this.runs.release(tx, execution.run_id);
    return this.contexts.advance(tx, context, goingOn(execution, steps));
  }
}
