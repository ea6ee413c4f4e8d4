import { ModelError } from '../../providers/model-error.js';
import { duration, rateHeaders, type Standing } from './rate-header-format.js';

/** A limit of this server's own is reached; no provider was asked. */
export class RateLimited extends ModelError {
  /** `x-ratelimit-…`, by their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(whose: 'caller' | 'server', reached: Standing, all: readonly Standing[]) {
    const { limit, of, resets_ms } = reached;
    super(
      'rate_limited',
      `The ${whose}’s limit of ${limit} ${of} is reached; it is lifted in ${duration(resets_ms)}.`,
      { retryable: true, retry_after_ms: resets_ms },
    );
    this.headers = rateHeaders(all);
  }
}
