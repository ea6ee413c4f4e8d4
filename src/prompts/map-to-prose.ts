interface Run {
  readonly at: number;
  readonly length: number;
}

/**
 * The text with its code blocks and code spans (CommonMark §4.5, §6.1) replaced by blanks, so that every other character
 * stays in its place. Takes time linear in the length of the text, whatever backticks it is made of. Pure.
 */
export const mapToProse = (text: string): string => withoutSpans(withoutBlocks(text));

/** A fence that is not closed goes on to the end, as it does for whoever renders the text. */
function withoutBlocks(text: string): string {
  let open: string | undefined;
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    const [, fence, rest = ''] = /^ {0,3}(`{3,}|~{3,})(.*)$/s.exec(line) ?? [];
    if (open === undefined) {
      const isFence = fence !== undefined && !(fence.startsWith('`') && rest.includes('`'));
      lines.push(isFence ? blank(line) : line);
      if (isFence) open = fence;
    } else {
      lines.push(blank(line));
      if (fence?.startsWith(open) && rest.trim() === '') open = undefined;
    }
  }
  return lines.join('\n');
}

/** A span is closed by as many backticks as have opened it; a run of backticks that none closes is text. */
function withoutSpans(text: string): string {
  const runs: Run[] = [...text.matchAll(/`+/g)].map((match) => ({
    at: match.index,
    length: match[0].length,
  }));
  const closing = nextOfLength(runs);
  const pieces: string[] = [];
  let from = 0;
  for (let index = 0; index < runs.length;) {
    const close = closing[index] ?? -1;
    const [first, last] = [runs[index], runs[close]];
    if (first && last) {
      const to = last.at + last.length;
      pieces.push(text.slice(from, first.at), blank(text.slice(first.at, to)));
      from = to;
    }
    index = last ? close + 1 : index + 1;
  }
  return pieces.join('') + text.slice(from);
}

/** For each run the index of the next one of its length; undefined where there is none. */
function nextOfLength(runs: readonly Run[]): readonly (number | undefined)[] {
  const next = new Map<number, number>();
  const found: (number | undefined)[] = [];
  for (const [back, { length }] of [...runs].reverse().entries()) {
    const index = runs.length - 1 - back;
    found[index] = next.get(length);
    next.set(length, index);
  }
  return found;
}

const blank = (text: string): string => text.replace(/[^\n]/g, ' ');
