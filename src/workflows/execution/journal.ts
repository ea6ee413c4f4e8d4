import type { PromptStep, ToolStep, WorkflowStep } from '../definition/workflow-kinds.js';
import type { Scope } from '../definition/expressions.js';

export interface StepFailure {
  readonly code: string;
  readonly message: string;
}

/**
 * What is written down of one step. `started`: it may have had an effect, and nothing is known of its end. `waiting`:
 * the user has been asked. The other two are final.
 */
export type StepRecord =
  | { readonly status: 'started' | 'waiting'; readonly attempts: number }
  | { readonly status: 'finished'; readonly attempts: number; readonly output: unknown }
  | { readonly status: 'failed'; readonly attempts: number; readonly error: StepFailure };

/** A step at the place where it runs; inside loops it runs at many. */
export interface Place {
  /** `each/2/read`: unique in the execution, and the same again after a restart. */
  readonly path: string;
  readonly step: WorkflowStep;
  /** The 1-based number of the outermost step that it is, or undefined inside another. */
  readonly number: number | undefined;
}

/** The memory of an execution. Each write is durable when its promise resolves, and rejects when it may not be made. */
export interface Journal {
  /** Steps written down so far. */
  readonly size: number;
  find(path: string): StepRecord | undefined;
  /** Before the step has any effect. */
  start(place: Place, attempt: number): Promise<void>;
  finish(place: Place, output: unknown): Promise<void>;
  fail(place: Place, error: StepFailure): Promise<void>;
  ask(place: Place, question: string): Promise<void>;
}

/** Performs the steps that reach outside. Throws for failures; `abort` is also the step's time limit. */
export interface StepWork {
  perform(step: PromptStep | ToolStep, scope: Scope, abort: AbortSignal): Promise<unknown>;
}

export interface WalkLimits {
  readonly maxIterations: number;
  /** Of the whole execution, each iteration counted. */
  readonly maxSteps: number;
  readonly outputBytes: number;
  readonly stepTimeoutMs: number;
}
