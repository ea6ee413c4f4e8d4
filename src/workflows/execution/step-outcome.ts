import { ExpressionError } from '../definition/expressions.js';
import type { StepFailure } from './journal.js';

/** The walk ends here for now: somebody pauses it, or the user has been asked. */
export class Suspended extends Error {
  override readonly name = 'Suspended';
}

/** A step failed, and it does not say that the workflow goes on. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed';

  constructor(
    readonly path: string,
    readonly failure: StepFailure,
  ) {
    super(failure.message);
  }
}

/** What happened could not be written down: the walk ends at once, and whoever has the journal now goes on. */
export class JournalFailed extends Error {
  override readonly name = 'JournalFailed';
}

/** A failure with a code of its own, which the work of a step may throw. */
export class StepError extends Error {
  override readonly name = 'StepError';

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** A failure of a step as it is written down and shown. */
export function failureOf(error: unknown): StepFailure {
  if (error instanceof StepFailed) return { code: error.failure.code, message: error.failure.message };
  if (error instanceof StepError) return { code: error.code, message: error.message };
  const code = error instanceof ExpressionError ? 'expression_failed' : 'step_failed';
  return { code, message: error instanceof Error ? error.message : 'The step failed.' };
}

/** Does the work until it is done, its time is up, or `stop` is aborted; it is told of both by its own signal. */
export async function within<Result>(
  limitMs: number,
  stop: AbortSignal,
  work: (abort: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const limit = new AbortController();
  const abort = AbortSignal.any([stop, limit.signal]);
  let timer: NodeJS.Timeout | undefined;
  const ended = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => limit.abort(new StepError('step_timeout', `The step took longer than ${limitMs} ms.`)),
      limitMs,
    );
    abort.addEventListener('abort', () => reject(abort.reason as Error), { once: true });
  });
  try {
    stop.throwIfAborted();
    // The work may not listen to its signal; nobody waits for it then.
    return await Promise.race([work(abort), ended]);
  } finally {
    clearTimeout(timer);
  }
}
