import type { ContextStore } from '../../contexts/context.store.js';
import type { Context } from '../../contexts/context-row.js';
import type { AnswerSteps } from '../../runs/answer-steps.js';
import type { RunEntity } from '../../runs/run.entity.js';
import type { Tx } from '../../storage/tx.js';
import type { ExecutionMessage } from './execution-message.js';
import type { ExecutionStore } from './execution.store.js';
import type { Journal, Place, StepFailure, StepRecord } from './journal.js';
import type { WorkflowExecutionEntity } from './workflow-execution.entity.js';
import type { WorkflowStepEntity } from './workflow-step.entity.js';

interface Pens {
  readonly steps: AnswerSteps;
  readonly executions: ExecutionStore;
  readonly message: ExecutionMessage;
  readonly contexts: ContextStore;
}

/**
 * The journal of a run: every entry is a unit that is written only while the run is this node's, and read back from
 * memory. The outermost steps also move the context's state and the message that shows the execution.
 */
export class RunJournal implements Journal {
  private readonly records: Map<string, StepRecord>;
  private isPaused: boolean;

  constructor(
    private readonly run: RunEntity,
    private readonly execution: WorkflowExecutionEntity,
    steps: readonly WorkflowStepEntity[],
    private readonly pens: Pens,
  ) {
    this.records = new Map(steps.map((step) => [step.path, toRecord(step)]));
    this.isPaused = execution.is_paused === 1;
  }

  get size(): number {
    return this.records.size;
  }

  /** As it was when the last entry was written. */
  get isPausing(): boolean {
    return this.isPaused;
  }

  find(path: string): StepRecord | undefined {
    return this.records.get(path);
  }

  async start(place: Place, attempts: number): Promise<void> {
    await this.write('start_step', async (tx, context) => {
      await this.pens.executions.startStep(tx, this.run.id, place, attempts);
      await this.showBeginning(tx, context, place);
    });
    this.records.set(place.path, { status: 'started', attempts });
  }

  async finish(place: Place, output: unknown): Promise<void> {
    await this.write('finish_step', async (tx, context) => {
      await this.pens.executions.finishStep(tx, this.run.id, place.path, output);
      await this.showEnd(tx, context, place);
    });
    this.records.set(place.path, { status: 'finished', attempts: this.attemptsOf(place), output });
  }

  async fail(place: Place, error: StepFailure): Promise<void> {
    await this.write('fail_step', async (tx, context) => {
      // One that could not even begin, because what it was to say could not be made, has no row yet.
      if (!this.records.has(place.path)) await this.pens.executions.startStep(tx, this.run.id, place, 1);
      await this.pens.executions.failStep(tx, this.run.id, place.path, error);
      if (place.step.continue_on_error) await this.showEnd(tx, context, place);
    });
    this.records.set(place.path, { status: 'failed', attempts: this.attemptsOf(place), error });
  }

  async ask(place: Place, question: string): Promise<void> {
    await this.write('ask_approval', async (tx, context) => {
      await this.pens.executions.ask(tx, this.run.id, place, question);
      await this.showBeginning(tx, context, place);
    });
    this.records.set(place.path, { status: 'waiting', attempts: 1 });
  }

  private attemptsOf({ path }: Place): number {
    return this.records.get(path)?.attempts ?? 1;
  }

  private async write(name: string, work: (tx: Tx, context: Context) => Promise<void>): Promise<void> {
    this.isPaused = await this.pens.steps.held(name, this.run, async ({ tx, context }) => {
      await work(tx, context);
      return (await this.pens.executions.find(tx, this.run.id))?.is_paused === 1;
    });
  }

  private async showBeginning(tx: Tx, context: Context, { step, number }: Place): Promise<void> {
    if (number === undefined) return;
    const moved = await this.pens.contexts.advance(tx, context, { type: 'step_started', step: number });
    const shown = { current_step: step.id, completed_steps: number - 1, workflow_status: 'running' } as const;
    await this.pens.message.show(tx, moved, this.execution.message_id, shown);
  }

  private async showEnd(tx: Tx, context: Context, { step, number }: Place): Promise<void> {
    if (number === undefined) return;
    const shown = { current_step: step.id, completed_steps: number, workflow_status: 'running' } as const;
    await this.pens.message.show(tx, context, this.execution.message_id, shown);
  }
}

function toRecord(step: WorkflowStepEntity): StepRecord {
  const { attempts, status } = step;
  if (status === 'finished')
    return { status, attempts, output: JSON.parse(step.output ?? 'null') as unknown };
  if (status === 'failed') return { status, attempts, error: JSON.parse(step.error ?? '{}') as StepFailure };
  return { status: status === 'waiting' ? 'waiting' : 'started', attempts };
}
