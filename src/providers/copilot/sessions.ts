import { Logger } from '@nestjs/common';
import { longest } from '../../config/kinds.js';
import { followAbort } from '../follow-abort.js';
import { ModelError } from '../model-error.js';
import type { Session } from './exchange.js';

export interface RefreshRules {
  /** How long before its end a session is refreshed, where GitHub does not say when. */
  readonly marginMs: number;
  readonly retryBaseMs: number;
  readonly retryMaxMs: number;
}

export interface SessionWorld {
  readonly exchange: (now: number, abort: AbortSignal) => Promise<Session>;
  readonly now: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
}

interface Held extends Session {
  readonly endsAt: number;
}

/**
 * The session that calls to Copilot are made with, refreshed before it ends for as long as the provider is there.
 *
 * Invariants: nothing is asked before the first call; at most one exchange is under way, and whoever waits for it may
 * leave without ending it for the others; a session that has ended is given to nobody; what cannot be mended by waiting
 * ends the loop until the next call; after `close` nothing is asked, and no timer keeps the process.
 */
export class Sessions {
  private readonly logger = new Logger('providers');
  private readonly closing = new AbortController();
  private held: Held | undefined;
  private exchanging: Promise<Held> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private failures = 0;

  constructor(
    private readonly rules: RefreshRules,
    private readonly world: SessionWorld,
  ) {}

  /** A session that is good now. Throws a ModelError when there is none to be had, `abort.reason` when aborted. */
  async get(abort: AbortSignal): Promise<Session> {
    abort.throwIfAborted();
    const { held } = this;
    if (held && held.endsAt > this.world.now()) return held;
    return until(this.refresh(), abort);
  }

  /** Copilot does not take this token, whatever its time: the next call gets another. */
  refuse(token: string): void {
    if (this.held?.token === token) this.held = undefined;
  }

  close(): void {
    clearTimeout(this.timer);
    this.closing.abort(new ModelError('connect_failed', 'The server is ending.', { retryable: true }));
  }

  private refresh(): Promise<Held> {
    this.exchanging ??= this.exchange().finally(() => (this.exchanging = undefined));
    return this.exchanging;
  }

  private async exchange(): Promise<Held> {
    this.closing.signal.throwIfAborted();
    const began = this.world.now();
    try {
      const session = await this.world.exchange(began, this.closing.signal);
      this.held = { ...session, endsAt: began + session.lifetimeMs };
      this.failures = 0;
      this.again(refreshDelay(session, this.rules, this.world.random()));
      return this.held;
    } catch (error) {
      this.failures++;
      if (error instanceof ModelError && error.retryable)
        this.again(retryDelay(this.failures, this.rules, this.world.random()));
      throw error;
    }
  }

  private again(ms: number): void {
    clearTimeout(this.timer);
    if (this.closing.signal.aborted) return;
    const refresh = (): void => {
      this.refresh().catch((error: unknown) => {
        if (!this.closing.signal.aborted)
          this.logger.warn(`The token for GitHub Copilot was not refreshed: ${(error as Error).message}`);
      });
    };
    this.timer = setTimeout(refresh, Math.min(longest, ms)).unref();
  }
}

/** A little early, and not all servers at the same time. Pure. */
export function refreshDelay(
  { lifetimeMs, refreshMs }: Pick<Session, 'lifetimeMs' | 'refreshMs'>,
  { marginMs }: Pick<RefreshRules, 'marginMs'>,
  random: number,
): number {
  const due = refreshMs ?? Math.max(lifetimeMs - marginMs, lifetimeMs / 2);
  // A token that has ended as it came is not asked for without a pause.
  return Math.max(shortestRefreshMs, Math.round(due * (1 - random / 10)));
}

const shortestRefreshMs = 500;

/** Twice as long each time, half of it by chance. Pure. */
export const retryDelay = (
  failures: number,
  { retryBaseMs, retryMaxMs }: Pick<RefreshRules, 'retryBaseMs' | 'retryMaxMs'>,
  random: number,
): number =>
  Math.round(Math.min(retryMaxMs, retryBaseMs * 2 ** Math.min(failures - 1, 30)) * (0.5 + random / 2));

/** The promise's outcome, unless the caller aborts before it; the promise goes on for others. */
async function until<Value>(promise: Promise<Value>, abort: AbortSignal): Promise<Value> {
  const { controller, unfollow } = followAbort(abort);
  try {
    return await new Promise<Value>((resolve, reject) => {
      promise.then(resolve, reject);
      controller.signal.addEventListener('abort', () => reject(abort.reason as Error), { once: true });
    });
  } finally {
    unfollow();
  }
}
