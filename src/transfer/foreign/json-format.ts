/** Reads JSON of other programs, of which nothing can be counted on. Pure. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const objectOf = (value: unknown): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};

export const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? (value as unknown[]) : [];

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** Milliseconds since the epoch, of a time in seconds or as text; undefined for what is none that a calendar has. */
export function timeOf(value: unknown): number | undefined {
  const ms = typeof value === 'number' ? value * 1000 : typeof value === 'string' ? Date.parse(value) : NaN;
  return Number.isFinite(ms) && ms >= 0 && ms <= latest ? Math.round(ms) : undefined;
}

const latest = Date.UTC(9999, 0);

/** A text as one line that a title or a path may be; undefined when nothing is left of it. */
export function lineOf(value: unknown, max: number): string | undefined {
  const line = textOf(value)
    ?.replace(/[\p{Cc}\p{Cs}\s]+/gu, ' ')
    .trim();
  return line ? [...line.slice(0, max * 2)].slice(0, max).join('') : undefined;
}
