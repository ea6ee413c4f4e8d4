// A snippet in pieces: what was looked for, and what stands around it. Pure.
import type { SearchSnippet } from '@pullcord/client/api';

export interface TextPiece {
  readonly text: string;
  readonly isMarked: boolean;
}

/** All of the text once, in its order; a range that does not fit is cut to what does. */
export function markText({ text, highlights }: SearchSnippet): readonly TextPiece[] {
  const pieces: TextPiece[] = [];
  let at = 0;
  for (const { start, end } of highlights) {
    const from = Math.max(start, at);
    if (end <= from || from >= text.length) continue;
    if (from > at) pieces.push({ text: text.slice(at, from), isMarked: false });
    pieces.push({ text: text.slice(from, end), isMarked: true });
    at = end;
  }
  if (at < text.length) pieces.push({ text: text.slice(at), isMarked: false });
  return pieces;
}
