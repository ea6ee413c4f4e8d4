/** A word of a text as it is compared with others, and where it is: UTF-16 units, the end exclusive. */
export interface Word {
  readonly word: string;
  readonly start: number;
  readonly end: number;
  /** The end of its first character. */
  readonly firstEnd: number;
  /** Of a script that is written without spaces: how many characters it is, 1 at the end of a run; 0 for others. */
  readonly dense: 0 | 1 | 2;
}

/** A longer word is known by its beginning; PostgreSQL takes 2,046 bytes at most. */
const longestWord = 64;
/** All words of a message together, so that they fit into PostgreSQL's megabyte whatever script they are of. */
const longestText = 300_000;
/** Characters that are looked through for each word that is wanted. */
const charactersPerWord = 16;
/** PostgreSQL knows no more places of one word in a text; with more it would find other phrases than SQLite. */
const mostPlaces = 255;
/** In the place of a word that is there too often. No text has it for a word. */
const filler = '·';

/** Scripts that are written without spaces, or in which what is looked for is often a part of what stands between two. */
const dense = ['Han', 'Hira', 'Kana', 'Bopo', 'Hang', 'Thai', 'Lao', 'Khmr', 'Mymr', 'Tibt'];
const denseLetter = `(?=[\\p{L}\\p{N}\\p{M}])[${dense.map((script) => `\\p{scx=${script}}`).join('')}]`;
/** A syllable of Korean that is written in its parts, as file names on macOS are. */
const jamo = '[\\u1100-\\u115f][\\u1160-\\u11a7]*[\\u11a8-\\u11ff]*';
/** A character with the marks that belong to it, also those of half-width Katakana. */
const denseCharacter = `(?:${jamo}|${denseLetter})[\\p{M}\\uff9e\\uff9f]*`;
const runs = new RegExp(`((?:${denseCharacter})+)|(?:(?!${denseLetter})[\\p{L}\\p{N}\\p{M}])+`, 'gu');
const characters = new RegExp(denseCharacter, 'gu');
/** What stands between two characters of no word: mostly a word, or a run of a dense script, and sometimes both. */
const stretches = /[\p{L}\p{N}\p{M}]+/gu;
/** Of scripts before Thai: none of them is dense. */
const early = /^[\0-\u0dff]+$/;
/** Nearly all that is written in Chinese, Japanese and Korean: one unit each, and its own folded form. */
const plainDense = /^[\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]+$/;

/** Accents, and the choice between two forms of one character. */
const marks = /[\u0300-\u036f\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/gu;

/** The form in which words are compared: case, width, ligatures and accents are all the same. */
function fold(text: string): string {
  const lower = text.toLowerCase();
  if (/^[a-z0-9]*$/.test(lower)) return lower.slice(0, longestWord);
  const folded = text
    .normalize('NFKD')
    .toLowerCase()
    .replace(marks, '')
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, '')
    .normalize('NFC')
    .replaceAll('ς', 'σ');
  return folded.slice(0, longestWord).replace(/[\ud800-\udbff]$/, '');
}

/**
 * The words of a text in their order, at most `limit`. Scripts without spaces are taken apart into pairs of characters,
 * each beginning one after the other, and the last one alone: whatever part of a run is looked for, its pairs follow one
 * another here too. Pure.
 */
export function readWords(text: string, limit: number): Word[] {
  const found: Word[] = [];
  for (const { 0: stretch, index } of text.slice(0, limit * charactersPerWord).matchAll(stretches)) {
    if (found.length >= limit) break;
    if (early.test(stretch)) addWhole(found, stretch, index);
    else if (plainDense.test(stretch)) addPlainPairs(found, stretch, index);
    else addRuns(found, stretch, index);
  }
  return found.slice(0, limit);
}

function addRuns(found: Word[], stretch: string, at: number): void {
  for (const { 0: run, 1: isDense, index } of stretch.matchAll(runs))
    if (isDense === undefined) addWhole(found, run, at + index);
    else addPairs(found, run, at + index);
}

const addWhole = (found: Word[], run: string, start: number): void =>
  addWord(found, { word: fold(run), start, end: start + run.length, dense: 0 });

/** As addPairs, in a tenth of the time. */
function addPlainPairs(found: Word[], run: string, at: number): void {
  for (let index = 0; index < run.length; index++) {
    const word = run.slice(index, index + 2);
    const start = at + index;
    const dense = word.length === 2 ? 2 : 1;
    found.push({ word, start, end: start + dense, firstEnd: start + 1, dense });
  }
}

function addPairs(found: Word[], run: string, at: number): void {
  const each = [...run.matchAll(characters)].map(({ 0: text, index }) => ({
    folded: fold(text),
    start: at + index,
    end: at + index + text.length,
  }));
  for (const [index, { folded, start, end }] of each.entries()) {
    const next = each[index + 1];
    if (next) addWord(found, { word: folded + next.folded, start, end: next.end, dense: 2 }, end);
    else addWord(found, { word: folded, start, end, dense: 1 });
  }
}

function addWord(found: Word[], word: Omit<Word, 'firstEnd'>, firstEnd = word.end): void {
  if (word.word !== '') found.push({ ...word, firstEnd });
}

/** The words of a text as they go into an index. Pure. */
export function indexWords(text: string, limit: number): string[] {
  return bounded(isAscii(text) ? asciiWords(text, limit) : readWords(text, limit).map(({ word }) => word));
}

const isAscii = (text: string): boolean => /^[\0-\x7f]*$/.test(text);

/** What most texts are, in a tenth of the time. */
function asciiWords(text: string, limit: number): string[] {
  const found =
    text
      .slice(0, limit * charactersPerWord)
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? [];
  return found.slice(0, limit).map((word) => (word.length > longestWord ? word.slice(0, longestWord) : word));
}

function bounded(words: string[]): string[] {
  if (words.length <= mostPlaces) return words;
  const counts = new Map<string, number>();
  const kept: string[] = [];
  let length = 0;
  for (const word of words) {
    if ((length += word.length) > longestText) break;
    const count = (counts.get(word) ?? 0) + 1;
    counts.set(word, count);
    kept.push(count <= mostPlaces ? word : filler);
  }
  return kept;
}
