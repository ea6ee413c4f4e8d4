// When to try again. Pure: chance and time come in as arguments.

const firstMs = 500;
/** A server may ask for more patience than the options have, but not for any. */
const longestAskedMs = 300_000;

/**
 * How long to wait after so many failures in a row: anywhere up to a bound that doubles with each ("full jitter"), so that
 * those whom one failure hit do not come back together. The first wait is about 500 ms.
 */
export const retryDelayMs = (failures: number, maxMs: number, random = Math.random()): number =>
  Math.round(random * Math.min(maxMs, firstMs * 2 ** Math.min(failures, 30)));

/** What `Retry-After` asks for, in seconds or as a date (RFC 9110 §10.2.3): at most five minutes; 0 without one. */
export function retryAfterMs(headers: Headers, now = Date.now()): number {
  const value = headers.get('retry-after')?.trim();
  if (!value) return 0;
  const asked = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Math.min(Math.max(asked || 0, 0), longestAskedMs);
}
