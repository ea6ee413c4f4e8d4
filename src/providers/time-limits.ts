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
 * Invariants: one controller per call, aborted by the caller or by a limit and never after the call is over; one
 * listener and at most one timer per call, gone with it; the source is told to return on every way out. A source that
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
  const patience = new Patience(controller);
  const ask = (): Promise<IteratorResult<ModelPart>> => parts.next();
  try {
    let next = await patience.wait(ask, limits.firstChunkMs, firstChunkTimeout);
    while (!next.done) {
      yield next.value;
      next = await patience.wait(ask, limits.idleMs, idleTimeout);
    }
  } finally {
    patience.end();
    unfollow();
    const returned = Promise.resolve(parts.return?.());
    // After an abort the source may still hang in its next(), and return() would queue behind that.
    if (controller.signal.aborted) returned.catch(() => undefined);
    else await returned;
  }
}

type Timeout = (limitMs: number) => ModelError;

/**
 * Waits for what a call gives piece by piece, so long and no longer. A timer or a listener for each part would cost more than the
 * part: the timer that is set rings when it was set to, and is set again if the part that is awaited then has time left.
 */
export class Patience {
  private deadline = Infinity;
  private timeout: () => ModelError = () => firstChunkTimeout(0);
  private timer: NodeJS.Timeout | undefined;
  private ringsAt = Infinity;
  private onAbort = (): void => undefined;
  private readonly aborted = (): void => this.onAbort();

  constructor(private readonly controller: AbortController) {
    controller.signal.addEventListener('abort', this.aborted, { once: true });
  }

  /** What `ask` gives; rejects with the reason when the call is aborted first, by its caller or for taking too long. */
  wait<Piece>(ask: () => Promise<Piece>, limitMs: number, timeout: Timeout): Promise<Piece> {
    return new Promise((resolve, reject) => {
      const { signal } = this.controller;
      const fail = (error: unknown): void => {
        this.deadline = Infinity;
        // How a source words its own abort does not matter.
        reject((signal.aborted ? signal.reason : error) as Error);
      };
      if (signal.aborted) return fail(undefined);
      this.onAbort = () => fail(undefined);
      this.timeout = () => timeout(limitMs);
      this.deadline = performance.now() + limitMs;
      if (this.deadline < this.ringsAt) this.ringAt(this.deadline, limitMs);
      ask().then((piece) => {
        this.deadline = Infinity;
        resolve(piece);
      }, fail);
    });
  }

  end(): void {
    clearTimeout(this.timer);
    this.controller.signal.removeEventListener('abort', this.aborted);
  }

  private ringAt(at: number, inMs: number): void {
    clearTimeout(this.timer);
    this.ringsAt = at;
    this.timer = setTimeout(() => this.rung(), inMs);
  }

  /** While the caller is busy with a part nothing is awaited, and nothing is late. */
  private rung(): void {
    this.ringsAt = Infinity;
    const left = this.deadline - performance.now();
    if (left <= 0) this.controller.abort(this.timeout());
    else if (left < Infinity) this.ringAt(this.deadline, Math.ceil(left));
  }
}

export const firstChunkTimeout = (ms: number): ModelError =>
  new ModelError('first_chunk_timeout', `The model did not begin to answer within ${ms} ms.`, {
    retryable: true,
  });

export const idleTimeout = (ms: number): ModelError =>
  new ModelError('idle_timeout', `The model fell silent for ${ms} ms in the middle of its answer.`, {
    retryable: true,
  });
