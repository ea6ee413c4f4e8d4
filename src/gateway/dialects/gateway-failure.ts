/** Why a call is not answered, whoever's fault it is: what the vendors' shapes of errors are made of. */
export interface GatewayFailure {
  /** The HTTP status, or what it would have been where the answer had begun. */
  readonly status: number;
  /** The code of a DomainError or a ModelError. */
  readonly code: string;
  /** Fit for the caller. */
  readonly message: string;
  /** The field that is wrong, dotted. */
  readonly path?: string;
  /** How long to wait before the same again, in whole seconds. */
  readonly retry_after_s?: number;
}
