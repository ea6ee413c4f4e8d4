import type { Owner } from './ids.js';

/** What makes a repeat of a request recognizable: the same key with another fingerprint is refused. */
export interface RequestKey {
  readonly owner: Owner;
  /** The `Idempotency-Key` header. */
  readonly key: string;
  /** A digest of method, path and body. */
  readonly fingerprint: string;
}
