import { mapToProse } from './map-to-prose.js';

/** First and last line, both 1-based and both included. */
export type LineRange = readonly [number, number];

/** Something that a text points at with `@`. Whether it is a file is for the workspace to say. */
export interface Mention {
  /** With `/` between folders, as it was written otherwise. */
  readonly path: string;
  readonly line_range?: LineRange;
}

/** What a path may have, and one name in it; a longer one cannot name a file. */
const maxPath = 4095;
const maxName = 255;

// An @ within a word belongs to an address or a handle in a URL; one after a backslash is meant as it stands. Letters
// of scripts that put no blanks between words are not looked at: there a mention may follow any of them.
const before = String.raw`(?<![\p{Lu}\p{Ll}\p{Lt}\p{Lm}\p{M}\p{N}_.%+\-/\\@])`;
const quoted = String.raw`"(?<double>[^"\p{Cc}]+)"|'(?<single>[^'\p{Cc}]+)'`;
const bare = String.raw`(?<bare>(?!@)[^\s\p{Cc}\p{Cs}"'\u0060<>|*?“”„«»‘’、。，；：！？「」『』（）【】]+)`;
const lines = String.raw`(?<lines>:\d{1,9}(?:-\d{1,9}|:\d{1,9})?)?`;
const mention = new RegExp(`${before}@(?:(?:${quoted})${lines}|${bare})`, 'gu');

const lineSuffix = /^(.+?):(\d{1,9})(?:-(\d{1,9})|:\d{1,9})?$/s;

/**
 * The files that a text may mean: `@path`, `@path:10`, `@path:10-20`, `@"path with blanks":10-20`; not in code, not within
 * a word. Each once, in the order of the text. What a sentence adds to the end of a path is left off. Pure.
 */
export function convertToMentions(text: string): readonly Mention[] {
  const found = new Map<string, Mention>();
  for (const { groups = {} } of mapToProse(text).matchAll(mention)) {
    const named = groups.double ?? groups.single;
    const one = named === undefined ? readBare(groups.bare ?? '') : read(`${named}${groups.lines ?? ''}`);
    if (one && isPath(one.path)) found.set(JSON.stringify(one), one);
  }
  return [...found.values()];
}

const readBare = (text: string): Mention => read(withoutEnd(text));

function read(text: string): Mention {
  const [, path = '', first, last = first] = lineSuffix.exec(text) ?? [];
  const range = [Number(first), Number(last)].sort((a, b) => a - b);
  const [from = 0, to = 0] = range;
  if (!(from > 0)) return { path: slashed(text) };
  return { path: slashed(path), line_range: [from, to] };
}

const slashed = (path: string): string => path.replaceAll('\\', '/');

const pairs: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** Without the punctuation of the sentence around it; a bracket stays when the path has opened it. */
function withoutEnd(text: string): string {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  const countOf = (character: string): number => counts.get(character) ?? 0;
  let end = text.length;
  for (; end > 0; end--) {
    const last = text.charAt(end - 1);
    const opening = pairs[last];
    if (opening ? countOf(opening) >= countOf(last) : !'.,;:!…'.includes(last)) break;
    counts.set(last, countOf(last) - 1);
  }
  return text.slice(0, end);
}

/** False for what names nothing: a lone slash or tilde, and names that are too long for any file. */
function isPath(path: string): boolean {
  if (/^[~/.]?$/.test(path) || new TextEncoder().encode(path).length > maxPath) return false;
  return path.split('/').every((name) => new TextEncoder().encode(name).length <= maxName);
}
