import type { SignalBus } from '../events/signal-bus.js';
import type { Signal } from '../events/signals.js';
import { DomainError } from '../kernel/domain-error.js';
import type { ContextId } from '../kernel/ids.js';
import { Waker } from './waker.js';

/**
 * Those who follow what is being made in a context. Each holds one subscription, which is gone when it leaves, whichever
 * way it does. A signal says that there is more; what there is, is pulled; a lost signal costs a delay and nothing else.
 */
export class Followers {
  private readonly wakers = new Set<Waker>();
  private isEnding = false;

  constructor(
    private readonly bus: SignalBus,
    private readonly pollMs: number,
  ) {}

  get count(): number {
    return this.wakers.size;
  }

  /** Gives what `tell` gives, which is woken by the signals of the context that concern it. */
  async *follow<Piece>(
    context: ContextId,
    abort: AbortSignal,
    tell: (waker: Waker) => AsyncGenerator<Piece, void>,
    concerns: (signal: Signal) => boolean = () => true,
  ): AsyncGenerator<Piece, void> {
    const waker = new Waker(this.pollMs, abort);
    this.wakers.add(waker);
    // Subscribed first, read second: what commits in between is in what is read, in a signal, or in both.
    const unsubscribe = this.bus.subscribeContext(context, ({ signal }) => {
      if (concerns(signal)) waker.wake();
    });
    const leave = (): void => {
      abort.removeEventListener('abort', leave);
      unsubscribe();
      waker.close();
      this.wakers.delete(waker);
    };
    // Also where whoever follows has taken a piece, and then never asks for another.
    abort.addEventListener('abort', leave);
    try {
      yield* tell(waker);
    } finally {
      leave();
    }
  }

  /** Until there may be more. Throws `draining` once nothing more comes. */
  async wait(waker: Waker): Promise<void> {
    if (this.isEnding) throw new DomainError('draining', 'The server is shutting down.');
    await waker.wait();
  }

  /** After the runs have ended: whoever still waits for one will not hear more here. */
  end(): void {
    this.isEnding = true;
    for (const waker of this.wakers) waker.wake();
  }
}
