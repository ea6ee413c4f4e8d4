import type { Phrase } from '../storage/full-text.js';
import { readWords, type Word } from './convert-text.js';

/** UTF-16 units of a snippet's text, the end exclusive. */
export interface Highlight {
  readonly start: number;
  readonly end: number;
}

/** A piece of a message's text in one line, and where in it is what was looked for. */
export interface Snippet {
  readonly text: string;
  readonly highlights: readonly Highlight[];
}

interface Hit extends Highlight {
  readonly phrase: Phrase;
}

export const maxSnippets = 3;
export const maxHighlights = 20;
const length = 180;
/** Before the first hit, so that it is not without its sentence. */
const lead = 50;
/** More of them would choose no better piece. */
const mostHits = 500;

/**
 * The pieces of a text that have most of the phrases, at most three, in the order of the text; its beginning where there
 * is none. `limit` is how many words of it were looked at. Pure.
 */
export function mapToSnippets(text: string, phrases: readonly Phrase[], limit: number): Snippet[] {
  const hits = phrases.length > 0 ? findHits(readWords(text, limit), phrases) : [];
  if (hits.length === 0) return text.trim() === '' ? [] : [snippetAt(text, 0, [])];
  return bestPieces(hits)
    .sort((a, b) => a - b)
    .map((start) => snippetAt(text, start, hits));
}

function findHits(words: readonly Word[], phrases: readonly Phrase[]): Hit[] {
  const hits: Hit[] = [];
  for (let at = 0; at < words.length && hits.length < mostHits; at++)
    for (const phrase of phrases) {
      const [first, last] = [words[at], words[at + phrase.words.length - 1]];
      if (first && last && isAt(words, at, phrase))
        hits.push({ phrase, start: first.start, end: endOf(last, phrase) });
    }
  return hits;
}

const isAt = (words: readonly Word[], at: number, { words: wanted, isPrefix }: Phrase): boolean =>
  wanted.every((word, index) => {
    const found = words[at + index]?.word ?? '';
    return isPrefix && index === wanted.length - 1 ? found.startsWith(word) : found === word;
  });

/** Of a pair that was found by its first character, that one alone. */
const endOf = ({ word, dense, end, firstEnd }: Word, { words, isPrefix }: Phrase): number =>
  isPrefix && dense === 2 && word !== words.at(-1) ? firstEnd : end;

/** Where the pieces with the most different phrases begin; of as good ones, the first. None is in another. */
function bestPieces(hits: readonly Hit[]): number[] {
  const pieces = hits.map(({ start }) => ({ start, worth: worthAt(hits, start) }));
  const chosen: number[] = [];
  for (const { start } of pieces.sort((a, b) => b.worth - a.worth || a.start - b.start)) {
    if (chosen.length === maxSnippets) break;
    if (chosen.every((other) => Math.abs(other - start) > length)) chosen.push(start);
  }
  return chosen;
}

function worthAt(hits: readonly Hit[], from: number): number {
  const within = hits.filter(({ start }) => start >= from && start < from + length - lead);
  return new Set(within.map(({ phrase }) => phrase)).size;
}

function snippetAt(text: string, hit: number, hits: readonly Hit[]): Snippet {
  const from = hit <= lead ? 0 : wordBreak(text, hit - lead, hit);
  const to = from + length >= text.length ? text.length : whole(text, from + length);
  const before = from > 0 ? '…' : '';
  // One character for one, so that places stay what they are.
  const line = text.slice(from, to).replace(/[\s\p{Cc}]/gu, ' ');
  const shift = before.length - from;
  const highlights = joined(hits.filter(({ start, end }) => start >= from && start < to && end > from))
    .slice(0, maxHighlights)
    .map(({ start, end }) => ({ start: start + shift, end: Math.min(end, to) + shift }));
  return { text: `${before}${line}${to < text.length ? '…' : ''}`, highlights };
}

/** The first beginning of a word from here on, before `end`; here, if there is none. */
function wordBreak(text: string, from: number, end: number): number {
  const space = /\s\S/.exec(text.slice(from, end));
  return space ? from + space.index + 1 : whole(text, from);
}

/** Not between the two halves of a character. */
const whole = (text: string, at: number): number => (/[\udc00-\udfff]/.test(text[at] ?? '') ? at - 1 : at);

/** In order, those that touch as one. */
function joined(hits: readonly Highlight[]): Highlight[] {
  const found: { start: number; end: number }[] = [];
  for (const { start, end } of [...hits].sort((a, b) => a.start - b.start)) {
    const last = found.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else found.push({ start, end });
  }
  return found;
}
