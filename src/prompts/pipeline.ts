/**
 * What a step says of the draft that it was shown: nothing, a better draft, that the turn cannot go on, or that it cannot
 * tell before somebody has fetched what it needs.
 */
export type Outcome<Draft, Need> =
  | { readonly type: 'continue' }
  | { readonly type: 'transform'; readonly draft: Draft }
  | { readonly type: 'abort'; readonly reason: AbortReason }
  | { readonly type: 'suspend'; readonly need: Need };

/** Fit for the user: it becomes the context's error. */
export interface AbortReason {
  readonly code: string;
  readonly message: string;
  /** True when the same message may go through once something outside it was mended. */
  readonly retryable: boolean;
}

/** One step of the way from a user's message to the request for the model. Pure: it only judges what it is shown. */
export interface PipelineStep<Stage, Draft, Need> {
  /** What a context shows while the step is at work. */
  readonly stage: Stage;
  readonly take: (draft: Draft) => Outcome<Draft, Need>;
}

/** How far a draft has come, `at` being the step that it came to. */
export type Progress<Draft, Need> =
  | { readonly type: 'passed'; readonly draft: Draft }
  | { readonly type: 'aborted'; readonly at: number; readonly reason: AbortReason }
  | { readonly type: 'suspended'; readonly at: number; readonly draft: Draft; readonly need: Need };

/** Takes the draft through the steps from number `from`, until one stops it or all have passed it. Pure. */
export function proceed<Stage, Draft, Need>(
  steps: readonly PipelineStep<Stage, Draft, Need>[],
  draft: Draft,
  from = 0,
): Progress<Draft, Need> {
  let current = draft;
  for (const [index, step] of steps.slice(from).entries()) {
    const at = from + index;
    const outcome = step.take(current);
    switch (outcome.type) {
      case 'continue':
        break;
      case 'transform':
        current = outcome.draft;
        break;
      case 'abort':
        return { type: 'aborted', at, reason: outcome.reason };
      case 'suspend':
        return { type: 'suspended', at, draft: current, need: outcome.need };
      default:
        return outcome satisfies never;
    }
  }
  return { type: 'passed', draft: current };
}

/** The turn ends here, for a reason that the user is told. */
export class PipelineAborted extends Error {
  override readonly name = 'PipelineAborted';

  constructor(readonly reason: AbortReason) {
    super(reason.message);
  }
}
