import { Logger } from '@nestjs/common';
import type CircuitBreaker from 'opossum';
import { ModelError } from './model-error.js';
import { isOutage } from './skip-policy.js';

export interface CircuitOptions {
  /** The provider's name. */
  readonly name: string;
  /** Outages in a row that open it; zero for never. */
  readonly failures: number;
  /** How long it stays open before one call may try. */
  readonly resetMs: number;
}

type Breaker = CircuitBreaker<[attempt: () => Promise<void>], void>;

/**
 * Keeps calls from a provider that fails again and again. Open after so many outages in a row: calls fail at once; after
 * a while one call is let through, and what becomes of it closes or opens it again.
 *
 * What opossum counts is a share of failures within a window. With a server that takes minutes to time out there is
 * hardly more than one in any window, so the row is counted here, and opossum keeps the states. A call that its caller
 * gave up has shown nothing: it neither counts nor ends a row, and as the one that was let through it opens the circuit
 * again.
 */
export class Circuit {
  private readonly logger = new Logger('providers');
  private breaker?: Promise<Breaker>;
  private opened?: Breaker;
  private inRow = 0;

  constructor(private readonly options: CircuitOptions) {}

  /** Throws `circuit_open` while no call may be made; for a caller that would otherwise wait for its turn first. */
  requireNotOpen(): void {
    if (this.opened?.opened) throw this.isOpen();
  }

  /** What `attempt` resolves with. Throws what it throws, or `circuit_open` without having made it. */
  async call<Result>(attempt: () => Promise<Result>): Promise<Result> {
    if (this.options.failures === 0) return attempt();
    const breaker = await (this.breaker ??= this.makeBreaker());
    let done: { readonly result: Result } | undefined;
    try {
      await breaker.fire(async () => void (done = { result: await attempt() }));
      this.inRow = 0;
    } catch (error) {
      if (isRefusal(error)) throw this.isOpen();
      this.count(error, breaker);
      throw error;
    }
    if (!done) throw new Error('The circuit has made no attempt.');
    return done.result;
  }

  close(): void {
    this.opened?.shutdown();
  }

  private count(error: unknown, breaker: Breaker): void {
    if (isOutage(error)) this.inRow += 1;
    else if (error instanceof ModelError) this.inRow = 0;
    if (this.inRow >= this.options.failures) breaker.open();
  }

  private async makeBreaker(): Promise<Breaker> {
    const { default: Opossum } = await import('opossum');
    const { name, resetMs } = this.options;
    const breaker: Breaker = new Opossum((attempt) => attempt(), {
      name,
      timeout: false,
      resetTimeout: resetMs,
      // Never: see above.
      errorThresholdPercentage: 100,
      errorFilter: (error: unknown) => !isOutage(error) && (error instanceof ModelError || !breaker.halfOpen),
      // Nobody reads its statistics.
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
      rollingCountTimeout: 3_600_000,
      rollingCountBuckets: 1,
    });
    breaker.on('open', () => {
      this.logger.warn(`The provider "${name}" fails again and again and is left alone for ${resetMs} ms.`);
    });
    breaker.on('close', () => this.logger.log(`The provider "${name}" answers again.`));
    this.opened = breaker;
    return breaker;
  }

  private isOpen(): ModelError {
    const message = `The provider "${this.options.name}" failed too often of late and is not asked for now.`;
    return new ModelError('circuit_open', message, { retryable: true });
  }
}

const isRefusal = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && ['EOPENBREAKER', 'ESHUTDOWN'].includes(String(error.code));
