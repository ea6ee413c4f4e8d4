import { setTimeout as sleep } from 'node:timers/promises';
import { evaluate, fill, fillToText, type Scope } from '../definition/expressions.js';
import {
  isRepeatable,
  type ForEachStep,
  type IfStep,
  type PromptStep,
  type SetStep,
  type ToolStep,
  type Workflow,
  type WorkflowStep,
} from '../definition/workflow-kinds.js';
import { inParallel } from './in-parallel.js';
import type { Journal, Place, StepFailure, StepRecord, StepWork, WalkLimits } from './journal.js';
import { failureOf, JournalFailed, StepError, StepFailed, Suspended, within } from './step-outcome.js';

export type WalkEnd =
  | { readonly type: 'completed'; readonly result: unknown }
  | { readonly type: 'failed'; readonly error: StepFailure & { readonly path: string } }
  /** Paused, or waiting for the user: the journal knows where. */
  | { readonly type: 'suspended' };

/** Where a list of steps runs: what its expressions see, and what its paths begin with. */
interface Frame {
  readonly prefix: string;
  readonly scope: { readonly steps: Record<string, unknown>; vars: Record<string, unknown> } & Record<
    string,
    unknown
  >;
}

type Outcome<Result> = { readonly output: Result } | { readonly failure: StepFailure };

/** A step that reaches outside, at the place where it does. */
type WorkPlace = Place & { readonly step: PromptStep | ToolStep };

/** Beyond its tries, a repeatable step is begun this often after it was cut off: a step that kills the server ends. */
const maxInterruptions = 5;

/**
 * Walks through a workflow from its beginning, and passes over whatever the journal says is over. Invariants: a step
 * is written down as started before it has an effect, and as finished with its output before the next one begins; one
 * that was started and not finished runs again only if it is repeatable; what a walk decides depends on the journal
 * and the input alone, so that the walk after a restart takes the same way.
 */
export class Walk {
  constructor(
    private readonly workflow: Workflow,
    private readonly journal: Journal,
    private readonly work: StepWork,
    private readonly limits: WalkLimits,
    private readonly stop: AbortSignal,
    /** Asked before each step: true lets what runs come to its end and begins nothing more. */
    private readonly isPausing: () => boolean,
  ) {}

  /** Rejects when `stop` is aborted or the journal cannot be written; every other end is a value. */
  async run(input: Readonly<Record<string, unknown>>): Promise<WalkEnd> {
    const frame: Frame = { prefix: '', scope: { inputs: input, steps: {}, vars: {} } };
    try {
      const last = await this.steps(this.workflow.steps, frame);
      const { output } = this.workflow;
      return { type: 'completed', result: output === undefined ? last : this.result(output, frame.scope) };
    } catch (error) {
      if (error instanceof Suspended) return { type: 'suspended' };
      if (error instanceof StepFailed)
        return { type: 'failed', error: { ...error.failure, path: error.path } };
      throw error instanceof JournalFailed ? error.cause : error;
    }
  }

  private result(template: unknown, scope: Scope): unknown {
    try {
      return fill(template, scope);
    } catch (error) {
      throw new StepFailed('output', failureOf(error));
    }
  }

  private async steps(steps: readonly WorkflowStep[], frame: Frame): Promise<unknown> {
    let output: unknown = null;
    for (const [index, step] of steps.entries()) {
      const number = frame.prefix === '' && steps === this.workflow.steps ? index + 1 : undefined;
      output = await this.step({ path: `${frame.prefix}${step.id}`, step, number }, frame);
      frame.scope.steps[step.id] = { output };
      if ('set' in step) frame.scope.vars = { ...frame.scope.vars, ...(output as object) };
    }
    return output;
  }

  private async step(place: Place, frame: Frame): Promise<unknown> {
    const { path, step } = place;
    const known = this.journal.find(path);
    if ('if' in step && isOver(known)) return this.revisit(place, step, frame);
    if (known?.status === 'finished') return known.output;
    if (known?.status === 'failed') return this.failed(place, known.error);
    if (known?.status === 'waiting' || this.isPausing()) throw new Suspended();
    if (!known && this.journal.size >= this.limits.maxSteps) throw new StepFailed(path, this.tooMany());
    if ('approval' in step) return this.ask(place, step.approval, frame);
    if ('prompt' in step || 'tool' in step)
      return this.attempt({ ...place, step }, frame, known?.attempts ?? 0);
    if (!known) await this.note(this.journal.start(place, 1));
    const outcome = await this.settle(() => this.pass(place, step, frame));
    return 'failure' in outcome ? this.end(place, outcome.failure) : this.finish(place, outcome.output);
  }

  /** What the branch gave and set is in the frame of the steps that follow: it is put there again. */
  private async revisit(place: Place, step: IfStep, frame: Frame): Promise<unknown> {
    const outcome = await this.settle(() => this.pass(place, step, frame));
    return 'failure' in outcome ? this.failed(place, outcome.failure) : outcome.output;
  }

  private async ask(place: Place, question: string, { scope }: Frame): Promise<unknown> {
    const outcome = await this.settle(async () => fillToText(question, scope));
    if ('failure' in outcome) return this.end(place, outcome.failure);
    await this.note(this.journal.ask(place, outcome.output));
    throw new Suspended();
  }

  /** A step with effects: tried until it is done, or has failed as often as it may. `before` tries began already. */
  private async attempt(place: WorkPlace, frame: Frame, before: number): Promise<unknown> {
    const { step } = place;
    if (before > 0 && !isRepeatable(step)) return this.end(place, interrupted);
    const { max_attempts = 1, delay_ms = 0 } = step.retry ?? {};
    const tries = Math.max(max_attempts, Math.min(before + 1, maxInterruptions));
    if (before >= tries) return this.end(place, interrupted);
    for (let attempt = before + 1; ; attempt++) {
      await this.note(this.journal.start(place, attempt));
      const outcome = await this.settle(() =>
        within(step.timeout_ms ?? this.limits.stepTimeoutMs, this.stop, (abort) =>
          this.work.perform(step, frame.scope, abort),
        ),
      );
      if ('output' in outcome) return this.finish(place, outcome.output);
      if (attempt >= tries) return this.end(place, outcome.failure);
      await sleep(delay_ms * 2 ** (attempt - before - 1), undefined, { signal: this.stop });
      if (this.isPausing()) throw new Suspended();
    }
  }

  private async finish(place: Place, output: unknown): Promise<unknown> {
    const bytes = Buffer.byteLength(JSON.stringify(output) ?? '');
    const { outputBytes } = this.limits;
    if (bytes > outputBytes)
      return this.end(place, {
        code: 'output_too_large',
        message: `The output has ${bytes} bytes; ${outputBytes} are possible.`,
      });
    await this.note(this.journal.finish(place, output));
    return output;
  }

  /** A step that decides, but does nothing itself: to walk through it again does no harm. */
  private async pass(place: Place, step: SetStep | IfStep | ForEachStep, frame: Frame): Promise<unknown> {
    if ('set' in step) return fill(step.set, frame.scope);
    if ('for_each' in step) return this.loop(place.path, step, frame);
    const isTrue = evaluate(step.if, frame.scope);
    if (typeof isTrue !== 'boolean')
      throw new StepError('not_a_condition', `${step.if} is neither true nor false.`);
    // The steps of a branch are in the same frame: their ids are unique in the workflow.
    return this.steps(isTrue ? step.then : (step.else ?? []), frame);
  }

  private async loop(path: string, step: ForEachStep, frame: Frame): Promise<unknown> {
    const elements = evaluate(step.for_each, frame.scope);
    if (!Array.isArray(elements)) throw new StepError('not_a_list', `${step.for_each} is not a list.`);
    if (elements.length > this.limits.maxIterations)
      throw new StepError(
        'too_many_iterations',
        `The list has ${elements.length} elements; ${this.limits.maxIterations} are possible.`,
      );
    return inParallel(elements, step.max_parallel, (element, index) =>
      this.steps(step.steps, {
        prefix: `${path}/${index}/`,
        // What an iteration sets is its own: iterations side by side must not see each other's work.
        scope: {
          ...frame.scope,
          steps: { ...frame.scope.steps },
          vars: { ...frame.scope.vars },
          [step.as]: element,
          index,
        },
      }),
    );
  }

  /** What some work came to. That it waits, was stopped, or could not be written down is no outcome of its own. */
  private async settle<Result>(work: () => Promise<Result>): Promise<Outcome<Result>> {
    try {
      return { output: await work() };
    } catch (error) {
      if (this.stop.aborted || error instanceof Suspended || error instanceof JournalFailed) throw error;
      return { failure: failureOf(error) };
    }
  }

  private async note(write: Promise<void>): Promise<void> {
    try {
      await write;
    } catch (cause) {
      throw new JournalFailed('The step could not be written down.', { cause });
    }
  }

  private tooMany = (): StepFailure => ({
    code: 'too_many_steps',
    message: `One execution may take ${this.limits.maxSteps} steps.`,
  });

  private async end(place: Place, error: StepFailure): Promise<unknown> {
    await this.note(this.journal.fail(place, error));
    return this.failed(place, error);
  }

  private failed({ path, step }: Place, error: StepFailure): unknown {
    if (!step.continue_on_error) throw new StepFailed(path, error);
    return { error: { code: error.code, message: error.message } };
  }
}

const interrupted: StepFailure = {
  code: 'step_interrupted',
  message:
    'The server stopped while this step ran. Whether it had an effect is not known, and it is not repeatable.',
};

const isOver = (known: StepRecord | undefined): boolean =>
  known?.status === 'finished' || known?.status === 'failed';
