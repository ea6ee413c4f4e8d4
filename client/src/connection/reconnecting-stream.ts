import type { Signal } from '../generated/types.gen.js';
import { retryDelayMs } from '../retry-policy.js';
import type { Settings } from '../settings.js';
import type { ConnectionView } from '../views.js';
import { StreamAttempt, type StreamEnd } from './stream-attempt.js';
import { onWakeUps } from './wake-ups.js';

/** A stream that broke earlier than this counts as one more failure in a row, or it would be tried without a pause. */
const stableMs = 5_000;
/** Where the server did not say how long to wait after an end in good order. */
const defaultRetryMs = 1_000;
/** How old an attempt must be for a wake-up to begin it anew: the network it was made on may be gone. */
const staleMs = 2_000;

export type StreamView = Omit<ConnectionView, 'isShared'>;

export interface ReconnectingEvents {
  changed(view: StreamView): void;
  connected(): void;
  signal(signal: Signal): void;
}

/**
 * A stream that comes back. One loop runs until `end`: an attempt, then a pause, which a wake-up or `retryNow` cuts short.
 * There is never more than one attempt at a time, and none without an end.
 */
export class ReconnectingStream {
  private readonly ended = new AbortController();
  private view: StreamView = { status: 'idle', failures: 0 };
  private attempt: StreamAttempt | undefined;
  /** Ends the pause, while there is one. */
  private wake: (() => void) | undefined;
  /** The attempt was ended to begin it anew, so no pause is due. */
  private isRestarting = false;
  /** Failures in a row, those of streams that broke as soon as they had begun among them. */
  private tries = 0;

  constructor(
    private readonly settings: Settings,
    private readonly events: ReconnectingEvents,
  ) {}

  async run(): Promise<void> {
    const stopListening = onWakeUps({
      woken: () => this.woken(),
      cutOff: () => this.attempt?.cut('The network is gone.'),
    });
    // Whether the attempt was one with another token, after a 401.
    let isSecondToken = false;
    while (!this.ended.signal.aborted) {
      const end = await this.tryOnce();
      const isTokenAskedAnew: boolean = isUnauthorized(end) && this.settings.canTokenChange && !isSecondToken;
      if (!isTokenAskedAnew && !this.isRestarting) await this.pause(end);
      isSecondToken = isTokenAskedAnew;
    }
    stopListening();
  }

  /** For good. Nothing is told any more. */
  end(): void {
    this.ended.abort();
    this.attempt?.cut('Nobody listens any more.');
    this.wake?.();
  }

  retryNow(): void {
    this.wake?.();
  }

  private async tryOnce(): Promise<StreamEnd> {
    const { failures, problem } = this.view;
    this.show({ status: 'connecting', failures, problem });
    this.isRestarting = false;
    const attempt = new StreamAttempt(this.settings, {
      opened: () => {
        this.show({ status: 'live', failures: 0 });
        this.events.connected();
      },
      signal: (signal) => this.events.signal(signal),
    });
    this.attempt = attempt;
    const end = await attempt.run();
    const isStable = attempt.openedAt !== undefined && Date.now() - attempt.openedAt >= stableMs;
    this.tries = (isStable ? 0 : this.tries) + (end.type === 'ended' ? 0 : 1);
    return end;
  }

  private async pause(end: StreamEnd): Promise<void> {
    if (this.ended.signal.aborted) return;
    const failures = this.view.failures + (end.type === 'ended' ? 0 : 1);
    const problem = end.type === 'ended' ? undefined : end.problem;
    const delayMs = isForGood(end) ? undefined : this.delayAfter(end);
    this.show(
      delayMs === undefined
        ? { status: 'refused', failures, problem }
        : { status: 'waiting', failures, problem, retryAt: Date.now() + delayMs },
    );
    await this.sleep(delayMs);
  }

  private delayAfter(end: StreamEnd): number {
    const { maxRetryDelayMs } = this.settings;
    if (end.type === 'ended') return Math.min(this.attempt?.retryMs ?? defaultRetryMs, maxRetryDelayMs);
    const asked = end.type === 'refused' ? end.retryAfterMs : 0;
    return Math.max(asked, retryDelayMs(this.tries, maxRetryDelayMs));
  }

  /** For so long, or until it is woken. */
  private async sleep(ms: number | undefined): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      if (ms !== undefined) timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
    this.wake = undefined;
  }

  /** What was begun before a sleep may look alive and be dead. */
  private woken(): void {
    const { status } = this.view;
    if (status === 'waiting') this.wake?.();
    const isStale = status === 'connecting' && (this.attempt?.ageMs ?? 0) > staleMs;
    if (!isStale && !(status === 'live' && this.attempt?.isSilent)) return;
    this.isRestarting = true;
    this.attempt?.cut('The page woke up.');
  }

  private show(view: StreamView): void {
    if (this.ended.signal.aborted) return;
    this.view = view;
    this.events.changed(view);
  }
}

const isUnauthorized = (end: StreamEnd): boolean => end.type === 'refused' && end.problem.status === 401;

/** Whether trying again by itself cannot help: the server knows the caller, and does not let it in. */
const isForGood = (end: StreamEnd): boolean => isUnauthorized(end) || isForbidden(end);
const isForbidden = (end: StreamEnd): boolean => end.type === 'refused' && end.problem.status === 403;
