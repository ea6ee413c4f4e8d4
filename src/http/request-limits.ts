import type { Settings } from '../config/settings.js';

/** The longest that a request may go on past its time. */
const latestMs = 5_000;

/**
 * How Node ends requests that do not arrive: it looks at those that are not whole yet once in an interval. One that has
 * arrived is out of its sight, so that neither a stream nor a held pull is ever ended here.
 */
export function requestLimits({ requestTimeoutMs, headersTimeoutMs }: Settings) {
  // Node refuses to start with a head that may take longer than the whole.
  const headersTimeout = Math.min(headersTimeoutMs, requestTimeoutMs);
  const connectionsCheckingInterval = Math.min(latestMs, Math.ceil(headersTimeout / 4));
  return {
    requestTimeout: requestTimeoutMs,
    http: { requestTimeout: requestTimeoutMs, headersTimeout, connectionsCheckingInterval },
  };
}
