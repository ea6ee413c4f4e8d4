import { followAbort } from './follow-abort.js';
import type { LanguageModel, ModelPart, ModelRequest } from './language-model.js';
import { ModelError } from './model-error.js';

export interface TimeLimits {
  /** From the call to its first part, connecting included. */
  readonly firstChunkMs: number;
  /** From one part to the next. The time that the caller takes over a part does not count. */
  readonly idleMs: number;
}

/** The same model, but a call that stays silent for too long is aborted and fails with a ModelError. */
export const withTimeLimits = (model: LanguageModel, limits: TimeLimits): LanguageModel => ({
  id: model.id,
  stream: (request, abort) => limited(model, request, abort, limits),
});

/**
 * Invariants: one controller per call, aborted by the caller or by a limit and never after the call is over;
 * a timer lives only while a part is awaited; the source is told to return on every way out. A source that
 * ignores its abort holds nobody up: it is left to itself.
 */
async function* limited(
  model: LanguageModel,
  request: ModelRequest,
  abort: AbortSignal,
  limits: TimeLimits,
): AsyncGenerator<ModelPart> {
  abort.throwIfAborted();
  const { controller, unfollow } = followAbort(abort);
  const parts = model.stream(request, controller.signal)[Symbol.asyncIterator]();
  try {
    let next = await nextWithin(parts, controller, limits.firstChunkMs, firstChunkTimeout);
    while (!next.done) {
      yield next.value;
      next = await nextWithin(parts, controller, limits.idleMs, idleTimeout);
    }
  } finally {
    unfollow();
    const returned = Promise.resolve(parts.return?.());
    // After an abort the source may still hang in its next(), and return() would queue behind that.
    if (controller.signal.aborted) returned.catch(() => undefined);
    else await returned;
  }
}

/** The next part; throws the reason when the call is aborted first, by its caller or for taking too long. */
async function nextWithin(
  parts: AsyncIterator<ModelPart>,
  controller: AbortController,
  limitMs: number,
  timeout: (limitMs: number) => ModelError,
): Promise<IteratorResult<ModelPart>> {
  const { signal } = controller;
  signal.throwIfAborted();
  let onAbort = (): void => undefined;
  const aborted = new Promise<undefined>((resolve) => (onAbort = () => resolve(undefined)));
  signal.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => controller.abort(timeout(limitMs)), limitMs);
  try {
    const next = await Promise.race([parts.next(), aborted]);
    if (next) return next;
  } catch (error) {
    // How a source words its own abort does not matter.
    if (!signal.aborted) throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
  throw signal.reason;
}

const firstChunkTimeout = (ms: number): ModelError =>
  new ModelError('first_chunk_timeout', `The model did not begin to answer within ${ms} ms.`, {
    retryable: true,
  });

const idleTimeout = (ms: number): ModelError =>
  new ModelError('idle_timeout', `The model fell silent for ${ms} ms in the middle of its answer.`, {
    retryable: true,
  });
