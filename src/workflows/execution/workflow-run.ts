import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { ContextStore } from '../../contexts/context.store.js';
import type { Context } from '../../contexts/context-row.js';
import { SystemPromptTexts } from '../../contexts/system-prompts/system-prompt-texts.js';
import type { Owner } from '../../kernel/ids.js';
import { ModelCalls } from '../../metering/model-calls.js';
import { ModelRegistry } from '../../providers/model-registry.js';
import { AnswerSteps } from '../../runs/answer-steps.js';
import { RunLost } from '../../runs/answer.js';
import type { RunEntity } from '../../runs/run.entity.js';
import { RunKinds, type RunEnd, type RunKind } from '../../runs/kinds-of-runs.js';
import type { CallDecision } from '../../runs/tool-rounds/round-approval.js';
import type { Tx } from '../../storage/tx.js';
import { ToolRegistry } from '../../tools/tool-registry.js';
import type { Workflow } from '../definition/workflow-kinds.js';
import { ExecutionApproval } from './execution-approval.js';
import { ExecutionEnds } from './execution-ends.js';
import { ExecutionMessage } from './execution-message.js';
import { ExecutionStore } from './execution.store.js';
import { RunJournal } from './run-journal.js';
import { StepCalls } from './step-calls.js';
import { Walk, type WalkEnd } from './walk.js';
import type { WorkflowExecutionEntity } from './workflow-execution.entity.js';

/** The name of its kind in `runs.kind`. */
export const workflowKind = 'workflow';

/**
 * Executes runs of workflows. Invariants: an execution is moved by the run that holds it and by nobody else; what it
 * remembers is enough to go on from on any node; while it runs its context is in `processing_workflow`.
 */
@Injectable()
export class WorkflowRun implements RunKind, OnModuleInit {
  constructor(
    private readonly kinds: RunKinds,
    private readonly steps: AnswerSteps,
    private readonly contexts: ContextStore,
    private readonly executions: ExecutionStore,
    private readonly message: ExecutionMessage,
    private readonly ends: ExecutionEnds,
    private readonly approval: ExecutionApproval,
    private readonly models: ModelRegistry,
    private readonly calls: ModelCalls,
    private readonly tools: ToolRegistry,
    private readonly prompts: SystemPromptTexts,
    private readonly settings: Settings,
  ) {}

  onModuleInit(): void {
    this.kinds.add(workflowKind, this);
  }

  async execute(run: RunEntity, stop: AbortSignal): Promise<void> {
    // Once more when it was told to go on between its last step and the unit that would have let it wait.
    for (let isOver = false; !isOver;) {
      const { context, execution, journal } = await this.load(run);
      const end = await this.walk(context, execution, journal, stop);
      isOver = await this.ends.end(run, execution, end);
    }
  }

  decide(
    tx: Tx,
    context: Context,
    run: RunEntity,
    decisions: readonly CallDecision[],
    by: Owner,
  ): Promise<Context> {
    return this.approval.decide(tx, context, run, decisions, by);
  }

  close(tx: Tx, context: Context, run: RunEntity, end: RunEnd): Promise<Context> {
    return this.ends.close(tx, context, run, end);
  }

  removeSome(tx: Tx, context: Context, limit: number): Promise<number> {
    return this.executions.removeSome(tx, context, limit);
  }

  private load(run: RunEntity) {
    return this.steps.held('load_execution', run, async ({ tx, context }) => {
      const execution = await this.executions.find(tx, run.id);
      if (!execution) throw new RunLost();
      const { steps, executions, message, contexts } = this;
      const known = await executions.steps(tx, run.id);
      const journal = new RunJournal(run, execution, known, { steps, executions, message, contexts });
      return { context, execution, journal };
    });
  }

  private walk(
    context: Context,
    execution: WorkflowExecutionEntity,
    journal: RunJournal,
    stop: AbortSignal,
  ): Promise<WalkEnd> {
    const { workflowOutputBytes: outputBytes, workflowMaxIterations: maxIterations } = this.settings;
    const { workflowMaxSteps: maxSteps, workflowStepTimeoutMs: stepTimeoutMs } = this.settings;
    const work = new StepCalls(context, this.models, this.calls, this.tools, this.prompts, { outputBytes });
    const limits = { outputBytes, maxIterations, maxSteps, stepTimeoutMs };
    const workflow = JSON.parse(execution.workflow) as Workflow;
    const input = JSON.parse(execution.input) as Record<string, unknown>;
    return new Walk(workflow, journal, work, limits, stop, () => journal.isPausing).run(input);
  }
}
