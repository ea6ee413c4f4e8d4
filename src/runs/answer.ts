import { DomainError } from '../kernel/domain-error.js';
import type { ModelPart, SkippedModel } from '../providers/language-model.js';
import { PipelineAborted } from '../prompts/pipeline.js';
import { ModelError } from '../providers/model-error.js';
import type { RunEntity } from './run.entity.js';

export type ToolCallPart = Extract<ModelPart, { type: 'tool_call' }>;
export type FinishPart = Extract<ModelPart, { type: 'finish' }>;

/** One call to the model within a run. */
export interface Step {
  readonly run: RunEntity;
  /** The id of the model that answers. */
  readonly model: string;
  /** 1 for the first call of the run; one more after each round of tools. */
  readonly depth: number;
  /** Those that were asked before it, where it stands in for another. */
  readonly skipped?: readonly SkippedModel[];
}

/** The model's answer, once it has come to its end. */
export interface Answer {
  /** The call that it came of; its model is the one that answered. */
  readonly step: Step;
  readonly finish: FinishPart;
  readonly calls: readonly ToolCallPart[];
}

/** Why a run was stopped: its turn was ended by a command, or this node is about to end. */
export type StopReason = 'turn_ended' | 'draining';

/** The run is not this node's to write for any more; what was committed is safe with whoever took it. */
export class RunLost extends Error {
  override readonly name = 'RunLost';
}

export interface FailureReason {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
}

/** What the user may know of a failure; of one that nobody foresaw, only that there was one. */
export function reasonOf(error: unknown): FailureReason {
  if (error instanceof ModelError) {
    const { code, message, retryable } = error;
    return { code, message, retryable };
  }
  if (error instanceof PipelineAborted) return error.reason;
  if (error instanceof DomainError) return { code: error.code, message: error.message, retryable: true };
  return {
    code: 'internal_error',
    message: 'The run failed for a reason that nobody foresaw.',
    retryable: true,
  };
}
