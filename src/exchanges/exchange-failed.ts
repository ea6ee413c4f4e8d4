import type { ExchangeFailure } from './exchange-kinds.js';

/** Thrown to whoever follows an exchange that has no end of its own. */
export class ExchangeFailed extends Error implements ExchangeFailure {
  readonly code: string;
  readonly retryable: boolean;

  constructor({ code, message, retryable }: ExchangeFailure) {
    super(message);
    this.name = 'ExchangeFailed';
    this.code = code;
    this.retryable = retryable;
  }
}
