import type { Phrase } from '../storage/full-text.js';
import { readWords, type Word } from './convert-text.js';

/** What somebody looks for. */
export interface Query {
  readonly all: readonly Phrase[];
  readonly none: readonly Phrase[];
  /** Something was asked for, and nothing of it can be looked for: it has no letter and no digit. */
  readonly isWordless: boolean;
}

/** A shorter beginning would be that of a great part of all words. */
const shortestBeginning = 3;

/** A `-` before it, a phrase in quotes or what stands between spaces, a `*` behind it; a quote may lack its end. */
const parts =
  /(?<minus>(?<=^|\s)[-−–])?(?:["“”„](?<quoted>[^"“”„]*)(?:["“”„](?<star>\*)?|$)|(?<plain>[^\s"“”„]+))/gu;

/** Reads what was typed into a search; there is no text that it does not take. Pure. */
export function convertQuery(text: string): Query {
  const all = new Map<string, Phrase>();
  const none = new Map<string, Phrase>();
  for (const { groups = {} } of text.matchAll(parts)) {
    const { minus, quoted, star, plain = '' } = groups;
    const isBeginning = quoted === undefined ? plain.endsWith('*') : star !== undefined;
    const phrase = phraseOf(readWords(quoted ?? plain, text.length), isBeginning);
    if (phrase) (minus ? none : all).set(`${phrase.words.join(' ')}${phrase.isPrefix ? '*' : ''}`, phrase);
  }
  const isWordless = text.trim() !== '' && all.size + none.size === 0;
  return { all: [...all.values()], none: [...none.values()], isWordless };
}

function phraseOf(words: readonly Word[], isBeginning: boolean): Phrase | undefined {
  const last = words.at(-1);
  if (!last) return undefined;
  const spelt = words.map(({ word }) => word);
  if (last.dense !== 1)
    return { words: spelt, isPrefix: isBeginning && last.word.length >= shortestBeginning };
  // In a text the run may go on: there the last character is in a pair, which the pair before it comes to as well.
  const isInPair = words.at(-2)?.dense === 2;
  return isInPair ? { words: spelt.slice(0, -1), isPrefix: false } : { words: spelt, isPrefix: true };
}
