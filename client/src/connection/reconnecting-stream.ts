import type { PullcordError } from '../problem.js';
import { retryDelayMs } from '../retry-policy.js';
import type { Settings } from '../settings.js';
import type { ConnectionView } from '../views.js';
import { attemptStream, type StreamAttempt } from './stream-attempt.js';
import type { Connection, ConnectionEvents } from './stream-source.js';
import { onWakeUps } from './wake-ups.js';

/** A stream that ended earlier than this counts as one more try in a row, or it would be made anew without a pause. */
const stableMs = 5_000;
/** How old an attempt must be for a wake-up to begin it anew: the network it was made on may be gone. */
const staleMs = 2_000;

/**
 * A stream that comes back. One loop runs until `end`: an attempt, then a pause, which a wake-up or `retryNow` cuts short.
 * There is never more than one attempt at a time, and none without an end.
 */
export function reconnectingStream(settings: Settings, events: ConnectionEvents): Connection {
  const { maxRetryDelayMs, canTokenChange } = settings;
  let view: ConnectionView | undefined;
  let isEnded = false;
  let attempt: StreamAttempt | undefined;
  let attemptedAt = 0;
  let failures = 0;
  /** As failures, but streams that ended as soon as they had begun, in whatever order, are among them. */
  let tries = 0;
  /** How long to wait after an end in good order, if the server does not say. */
  let retryMs = 1_000;
  /** Ends the pause, while there is one. */
  let wake: (() => void) | undefined;
  /** The attempt was ended to begin it anew, so no pause is due. */
  let isRestarting = false;

  const show = (status: ConnectionView['status'], more: Partial<ConnectionView> = {}): void => {
    if (isEnded) return;
    view = { status, failures, isShared: false, ...more };
    events.changed(view);
  };

  const tryOnce = async (problem: ConnectionView['problem']): Promise<PullcordError | undefined> => {
    // To ask again after a refusal changes nothing for those who look, unless the answer is another.
    if (view?.status !== 'refused') show('connecting', { problem });
    isRestarting = false;
    attemptedAt = Date.now();
    let openedAt = Infinity;
    attempt = attemptStream(settings, {
      opened() {
        openedAt = Date.now();
        failures = 0;
        show('live');
        events.connected();
      },
      retry: (ms) => (retryMs = ms),
      signal: events.signal,
    });
    const error = await attempt.ended;
    if (Date.now() - openedAt >= stableMs) tries = 0;
    return error;
  };

  const pause = async (error: PullcordError | undefined): Promise<void> => {
    const problem = error?.problem;
    if (error) failures++;
    tries++;
    // The server does not let the caller in, and will hardly change its mind soon.
    const isRefused = problem?.status === 401 || problem?.status === 403;
    const asked = error?.retryAfterMs ?? Math.min(retryMs, maxRetryDelayMs);
    const isFirst = !error && tries === 1;
    const growing = isRefused ? maxRetryDelayMs : isFirst ? 0 : retryDelayMs(tries, maxRetryDelayMs);
    const delayMs = Math.max(asked, growing);
    show(isRefused ? 'refused' : 'waiting', {
      problem,
      ...(!isRefused && { retryAt: Date.now() + delayMs }),
    });
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      wake = resolve;
      timer = setTimeout(resolve, delayMs);
    });
    clearTimeout(timer);
    wake = undefined;
  };

  /** What was begun before a sleep may look alive and be dead. */
  const woken = (): void => {
    if (wake) return wake();
    const isStale = view?.status === 'live' ? attempt?.isSilent() : Date.now() - attemptedAt > staleMs;
    if (!isStale) return;
    isRestarting = true;
    attempt?.cut('The page woke up.');
  };

  const run = async (): Promise<void> => {
    const stopListening = onWakeUps(woken, () => attempt?.cut('The network is gone.'));
    // Whether the attempt was one with another token, after a 401.
    let isSecondToken = false;
    for (let error: PullcordError | undefined; !isEnded;) {
      error = await tryOnce(error?.problem);
      const isTokenStale: boolean = error?.problem.status === 401 && canTokenChange && !isSecondToken;
      if (!isTokenStale && !isRestarting && !isEnded) await pause(error);
      isSecondToken = isTokenStale;
    }
    stopListening();
  };

  void run();
  return {
    retryNow: () => wake?.(),
    end() {
      isEnded = true;
      attempt?.cut('Nobody listens any more.');
      wake?.();
    },
  };
}
