import type { ModelError, ModelErrorCode } from './model-error.js';

export interface RetryPolicy {
  /** How often a call is tried in all. */
  readonly maxAttempts: number;
  /** The wait before the second attempt, before jitter; it doubles from there. */
  readonly baseMs: number;
  /** The longest wait between two attempts. */
  readonly maxMs: number;
}

export interface FailedAttempt {
  /** 1 for the first try. */
  readonly attempt: number;
  readonly error: ModelError;
  /** From 0 to 1, as Math.random gives it. */
  readonly random: number;
  readonly policy: RetryPolicy;
}

/** Not worth another try: the patience of the caller, or of whoever approves calls, was already spent on the first. */
const spent: readonly ModelErrorCode[] = ['first_chunk_timeout', 'idle_timeout', 'call_denied'];

/**
 * How many milliseconds to wait before the next attempt, or undefined when there should be none. Only for a
 * call that failed before its first part: once something was streamed, another attempt would repeat it.
 */
export function nextDelay({ attempt, error, random, policy }: FailedAttempt): number | undefined {
  if (attempt >= policy.maxAttempts || !error.retryable || spent.includes(error.code)) return undefined;
  const backoff = Math.min(policy.maxMs, policy.baseMs * 2 ** (attempt - 1));
  const asked = error.retry_after_ms;
  // Half of the wait is fixed and half is chance, so that callers who failed together do not return together.
  if (asked === undefined) return Math.round(backoff / 2 + (random * backoff) / 2);
  if (asked > policy.maxMs) return undefined;
  return Math.round(Math.min(policy.maxMs, asked + (random * backoff) / 2));
}
