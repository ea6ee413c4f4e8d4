import type { LineRange } from './convert-mentions.js';

export interface Excerpt {
  readonly text: string;
  /** What there is of the lines that were asked for; undefined where all of the text was. */
  readonly line_range?: LineRange;
  /** Lines of the whole text. */
  readonly line_count: number;
}

/**
 * Some lines of a text, with their line ends, or all of it; undefined when it has none of those lines. A text that ends in
 * a line end has no empty line after it. Pure.
 */
export function convertToLines(text: string, range?: LineRange): Excerpt | undefined {
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  if (!range) return { text, line_count: lines.length };
  const [first, last] = range;
  if (first > lines.length) return undefined;
  const to = Math.min(last, lines.length);
  return { text: lines.slice(first - 1, to).join(''), line_range: [first, to], line_count: lines.length };
}
