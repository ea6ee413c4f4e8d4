export type ModelErrorCode =
  | 'connect_failed'
  | 'connect_timeout'
  | 'first_chunk_timeout'
  | 'idle_timeout'
  | 'rate_limited'
  | 'upstream_error'
  | 'upstream_rejected'
  | 'upstream_protocol'
  | 'content_too_large'
  /** Nobody was asked: the provider failed too often of late. */
  | 'circuit_open'
  /** Nobody was asked: too many calls wait for the provider already. */
  | 'provider_busy'
  /** Nobody was asked: whoever had to approve the call did not. */
  | 'call_denied';

export interface ModelErrorFacts {
  /** True when the same request may well succeed later, provided that nothing was streamed yet. */
  readonly retryable: boolean;
  /** How long the provider asked callers to wait. */
  readonly retry_after_ms?: number;
  /** The HTTP status the provider answered with. */
  readonly status?: number;
}

/** A model call that failed. The message is fit for the user: no keys, no upstream URLs. */
export class ModelError extends Error {
  readonly retryable: boolean;
  readonly retry_after_ms?: number;
  readonly status?: number;

  constructor(
    readonly code: ModelErrorCode,
    message: string,
    facts: ModelErrorFacts,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ModelError';
    this.retryable = facts.retryable;
    this.retry_after_ms = facts.retry_after_ms;
    this.status = facts.status;
  }
}
