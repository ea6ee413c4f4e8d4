import { followAbort, type Following } from './follow-abort.js';
import { ModelError } from './model-error.js';
import type { CallMeasure } from './provider-metrics.js';
import type { Relay, RelayAnswer, RelayRequest } from './relay.js';
import { isOutageStatus } from './skip-policy.js';
import { firstChunkTimeout, idleTimeout, Patience, type TimeLimits } from './time-limits.js';

/**
 * One call to a provider's server in its own words, within the time limits: to its head and to the first piece of its
 * body together no longer than to a first part, and so long from one piece to the next.
 *
 * Invariants: `free` is called exactly once, when the call is over: the body was read to its end or left, the caller
 * aborted, or there was no answer. Nothing of the call is left on the caller's signal then.
 */
export class RelayCall {
  /** An answer that says that the server is out of order. */
  refused?: RelayAnswer;
  private readonly following: Following;
  private readonly patience: Patience;
  private readonly begun = performance.now();
  private isGood = false;
  private isOver = false;

  constructor(
    private readonly abort: AbortSignal,
    private readonly limits: TimeLimits,
    private readonly free: () => void,
    private readonly measure: CallMeasure,
  ) {
    this.following = followAbort(abort);
    this.patience = new Patience(this.following.controller);
  }

  /** The head of the answer. Throws for one that says that the server is out of order too: it is in `refused` then. */
  async send(relay: Relay, request: RelayRequest): Promise<RelayAnswer> {
    const { signal } = this.following.controller;
    const { firstChunkMs } = this.limits;
    const given = await this.patience.wait(
      () => relay.send(request, signal),
      firstChunkMs,
      firstChunkTimeout,
    );
    // A caller that aborts before it reads the body never comes to its end.
    this.abort.addEventListener('abort', this.end, { once: true });
    const answer = { ...given, body: this.timed(given.body) };
    if (answer.status >= 400) this.measure.refuse(answer.status);
    this.isGood = answer.status < 400;
    if (!isOutageStatus(answer.status)) return answer;
    this.refused = answer;
    throw new ModelError('upstream_error', 'The server is out of order.', {
      retryable: true,
      status: answer.status,
    });
  }

  /** The call is over. */
  readonly end = (): void => {
    if (this.isOver) return;
    this.isOver = true;
    this.patience.end();
    this.following.unfollow();
    this.abort.removeEventListener('abort', this.end);
    this.free();
    this.measure.end();
  };

  private note({ done }: IteratorResult<Buffer>): void {
    if (!done) return this.measure.part();
    if (this.isGood) this.measure.succeed();
    this.end();
  }

  private timed(body: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
    const pieces = body[Symbol.asyncIterator]();
    const ask = (): Promise<IteratorResult<Buffer>> => pieces.next();
    const left = this.limits.firstChunkMs - (performance.now() - this.begun);
    let limit = { ms: Math.max(1, left), timeout: firstChunkTimeout };
    const next = async (): Promise<IteratorResult<Buffer>> => {
      try {
        const piece = await this.patience.wait(ask, limit.ms, limit.timeout);
        limit = { ms: this.limits.idleMs, timeout: idleTimeout };
        this.note(piece);
        return piece;
      } catch (error) {
        this.measure.fail(error, this.abort);
        // Why the call failed matters more than how it was left.
        leave().catch(() => undefined);
        throw error;
      }
    };
    const leave = async (): Promise<IteratorResult<Buffer>> => {
      const isAborted = this.following.controller.signal.aborted;
      this.end();
      const returned = Promise.resolve(pieces.return?.());
      // After an abort the source may still hang in its next(), and return() would queue behind that.
      if (isAborted) returned.catch(() => undefined);
      else await returned;
      return { done: true, value: undefined };
    };
    return { [Symbol.asyncIterator]: () => ({ next, return: leave }) };
  }
}
