import { Injectable } from '@nestjs/common';
import { BranchStore } from '../../contexts/branch.store.js';
import { ContextStore } from '../../contexts/context.store.js';
import type { Context } from '../../contexts/context-row.js';
import { refuseBusy } from '../../contexts/refusals.js';
import { DomainError } from '../../kernel/domain-error.js';
import { newId, type ContextId, type Owner, type RunId } from '../../kernel/ids.js';
import type { RequestKey } from '../../kernel/request-key.js';
import { RunStore } from '../../runs/run.store.js';
import { Runner } from '../../runs/runner.js';
import { Turns } from '../../runs/turns.js';
import { Storage } from '../../storage/storage.js';
import type { Tx } from '../../storage/tx.js';
import { checkInput } from '../definition/check-input.js';
import type { Workflow } from '../definition/workflow-kinds.js';
import type { ExecutionAccepted } from '../dto/workflow-views.js';
import { ExecutionMessage } from '../execution/execution-message.js';
import { ExecutionStore } from '../execution/execution.store.js';
import { workflowKind } from '../execution/workflow-run.js';
import { WorkflowCatalog } from '../workflow-catalog.js';
import { standingOf } from './standing-of.js';

interface Asked {
  readonly input?: Readonly<Record<string, unknown>>;
  readonly context_id?: ContextId;
}

/** Begins an execution of a workflow, in a context that is there or in a new one. */
@Injectable()
export class ExecuteWorkflowCommand {
  constructor(
    private readonly catalog: WorkflowCatalog,
    private readonly storage: Storage,
    private readonly contexts: ContextStore,
    private readonly branches: BranchStore,
    private readonly runs: RunStore,
    private readonly executions: ExecutionStore,
    private readonly message: ExecutionMessage,
    private readonly turns: Turns,
    private readonly runner: Runner,
  ) {}

  /** `unprocessable` (422) when the input is not what the workflow declares, `context_busy` while a run is under way. */
  async execute(
    workflowId: string,
    owner: Owner,
    asked: Asked,
    key?: RequestKey,
  ): Promise<ExecutionAccepted> {
    this.runner.refuseWhileDraining();
    const workflow = this.catalog.get(workflowId);
    const input = this.inputFor(workflow, asked.input ?? {});
    const answer = await this.storage.commitOnce('execute_workflow', key, async (tx) => {
      const context = await this.place(tx, owner, workflow, asked.context_id);
      return this.begin(tx, context, workflow, input);
    });
    this.runner.wake();
    return answer;
  }

  private inputFor(workflow: Workflow, given: Readonly<Record<string, unknown>>) {
    const reading = checkInput(workflow, given);
    if ('input' in reading) return reading.input;
    throw new DomainError('unprocessable', 'The input is not what this workflow asks for.', {
      errors: reading.problems,
    });
  }

  private async place(tx: Tx, owner: Owner, workflow: Workflow, id?: ContextId): Promise<Context> {
    if (id === undefined) {
      const created = await this.contexts.create(tx, owner, { title: workflow.name, config: {} });
      await this.branches.createMain(tx, created.id, created.created_at);
      return created;
    }
    const context = await this.contexts.lock(tx, id, owner);
    refuseBusy(context);
    // Calls that wait for an approval are given up: the user does something else.
    return this.turns.giveUpWaiting(tx, context);
  }

  private async begin(
    tx: Tx,
    context: Context,
    workflow: Workflow,
    input: Readonly<Record<string, unknown>>,
  ): Promise<ExecutionAccepted> {
    const runId = newId<RunId>();
    const started = { type: 'workflow_started', workflow_id: workflow.id, execution_id: runId } as const;
    const next = await this.contexts.advance(tx, context, started);
    const messageId = await this.message.add(tx, next, workflow, runId);
    const run = await this.runs.add(tx, next, {
      id: runId,
      kind: workflowKind,
      status: 'accepted',
      branch: next.active_branch,
      messageId: null,
      model: null,
    });
    await this.executions.add(tx, next, { runId, workflow, input, messageId });
    return standingOf(run, 'accepted');
  }
}
