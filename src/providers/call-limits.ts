import type { ProviderSettings } from '../config/provider-table.js';
import type { Settings } from '../config/settings.js';

/** How calls to one provider are bounded. */
export interface CallLimits {
  /** Calls under way at once. A provider needs no more connections. */
  readonly maxConcurrent: number;
  /** Calls that wait for their turn; past it they fail at once. */
  readonly maxWaiting: number;
  readonly connectTimeoutMs: number;
  readonly firstChunkMs: number;
  readonly idleMs: number;
}

type Own = Pick<
  ProviderSettings,
  'max_concurrent' | 'max_waiting' | 'connect_timeout_ms' | 'first_chunk_timeout_ms' | 'idle_timeout_ms'
>;

/** What is set for this provider, and for the rest what is set for all. Pure. */
export const callLimitsOf = (provider: Own, settings: Settings): CallLimits => ({
  maxConcurrent: provider.max_concurrent ?? settings.modelMaxConcurrent,
  maxWaiting: provider.max_waiting ?? settings.modelMaxWaiting,
  connectTimeoutMs: provider.connect_timeout_ms ?? settings.modelConnectTimeoutMs,
  firstChunkMs: provider.first_chunk_timeout_ms ?? settings.modelFirstChunkTimeoutMs,
  idleMs: provider.idle_timeout_ms ?? settings.modelIdleTimeoutMs,
});
