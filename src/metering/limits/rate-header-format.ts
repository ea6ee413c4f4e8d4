/** How far a caller is from a limit. */
export interface Standing {
  readonly of: 'requests' | 'tokens';
  readonly limit: number;
  /** What is left of it in this window; never less than zero. */
  readonly left: number;
  /** When the window ends, in milliseconds from now. */
  readonly resets_ms: number;
}

/** The tightest limit of each sort, as OpenAI's servers say it. Pure. */
export function rateHeaders(standings: readonly Standing[]): Readonly<Record<string, string>> {
  const tightest = new Map<string, Standing>();
  for (const standing of standings) {
    const known = tightest.get(standing.of);
    if (!known || standing.left < known.left) tightest.set(standing.of, standing);
  }
  return Object.fromEntries(
    [...tightest.values()].flatMap(({ of, limit, left, resets_ms }) => [
      [`x-ratelimit-limit-${of}`, String(limit)],
      [`x-ratelimit-remaining-${of}`, String(left)],
      [`x-ratelimit-reset-${of}`, duration(resets_ms)],
    ]),
  );
}

/** `120ms`, `12s`, `1m30s`, `2h0m0s`: never shorter than it is. Pure. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(Math.ceil(ms), 0)}ms`;
  const seconds = Math.ceil(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  if (hours > 0) return `${hours}h${minutes}m${seconds % 60}s`;
  return minutes > 0 ? `${minutes}m${seconds % 60}s` : `${seconds}s`;
}
