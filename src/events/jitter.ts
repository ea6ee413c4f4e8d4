/** `ms` ± 20 %, whole: what began together must not come back together. */
export const jitter = (ms: number, random: () => number = Math.random): number =>
  Math.round(ms * (0.8 + 0.4 * random()));
