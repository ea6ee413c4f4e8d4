import type { Settings } from '../config/settings.js';
import { ModelError } from './model-error.js';
import { nextDelay } from './retry-policy.js';

type RetrySettings = Pick<Settings, 'modelMaxAttempts' | 'modelRetryBaseMs' | 'modelRetryMaxMs'>;

/**
 * How many milliseconds to wait before a call to a model is made again, as the settings have it; undefined when it is not
 * to be. `attempt` is the number of the one that failed, 1 for the first.
 */
export function delayAfter(error: unknown, attempt: number, settings: RetrySettings): number | undefined {
  if (!(error instanceof ModelError)) return undefined;
  const { modelMaxAttempts: maxAttempts, modelRetryBaseMs: baseMs, modelRetryMaxMs: maxMs } = settings;
  return nextDelay({ attempt, error, random: Math.random(), policy: { maxAttempts, baseMs, maxMs } });
}
