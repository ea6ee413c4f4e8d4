/**
 * How long an answer's headers ask to wait, in milliseconds: `retry-after-ms` (OpenAI, Azure), or
 * `retry-after` in seconds or as an HTTP date (RFC 9110 §10.2.3). Undefined when they do not say, or not so
 * that it can be read; a date that has passed is 0.
 */
export function readRetryAfter(
  headers: Readonly<Record<string, string>> | undefined,
  now: number,
): number | undefined {
  const ms = headers?.['retry-after-ms']?.trim() ?? '';
  if (isNumber(ms)) return Math.ceil(Number(ms));
  const after = headers?.['retry-after']?.trim() ?? '';
  if (isNumber(after)) return Math.ceil(Number(after) * 1000);
  // Date.parse makes a date of nearly anything ("-5", "soon 2"); an HTTP date begins with the day's name.
  const at = /^[A-Z][a-z]{2,8},? /.test(after) ? Date.parse(after) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

const isNumber = (text: string): boolean => /^\d{1,12}(\.\d+)?$/.test(text);
