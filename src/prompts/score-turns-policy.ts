/** A turn as far as its worth goes. */
export interface ScoredTurn {
  /** What the user said in it. */
  readonly asked: string;
  /** All that was said in it, by anybody. */
  readonly text: string;
}

/** So many characters of a turn are looked at: what matters of a longer one stands at its beginning. */
const maxText = 20_000;

/**
 * What older turns are worth for the newest question, from 0 to 1 each. Most of it is how many of the question's words
 * stand in the turn, a word that few turns have counting for more; then how new the turn is, and whether the user has put
 * down something to be held to: a figure, a name in code, an address, a list. Needs no model. Pure.
 */
export function scoreTurns(turns: readonly ScoredTurn[], question: string): readonly number[] {
  const words = turns.map(({ text }) => wordsOf(text));
  const asked = [...wordsOf(question)];
  const weights = new Map(asked.map((word) => [word, rarity(word, words)]));
  const most = asked.reduce((total, word) => total + (weights.get(word) ?? 0), 0);
  return turns.map((turn, at) => {
    const shared = asked.reduce(
      (total, word) => total + (words[at]?.has(word) ? (weights.get(word) ?? 0) : 0),
      0,
    );
    const relevance = most === 0 ? 0 : shared / most;
    const recency = (at + 1) / turns.length;
    return 0.6 * relevance + 0.2 * recency + 0.2 * (isBinding(turn.asked.slice(0, maxText)) ? 1 : 0);
  });
}

/** Nothing for a word that all turns have, or none. */
function rarity(word: string, turns: readonly ReadonlySet<string>[]): number {
  const having = turns.filter((words) => words.has(word)).length;
  return having === 0 ? 0 : Math.log(1 + turns.length / having) - Math.log(2) * (having / turns.length);
}

/** Words, folded; of scripts that put no blanks between words, every two characters side by side. */
function wordsOf(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  const folded = text.slice(0, maxText).normalize('NFKC').toLowerCase();
  for (const [word] of folded.matchAll(/[\p{L}\p{N}_]+/gu)) {
    if (!unspaced.test(word)) {
      if (word.length > 2) found.add(word);
      continue;
    }
    const characters = [...word];
    for (let at = 0; at + 1 < characters.length; at++) found.add(characters.slice(at, at + 2).join(''));
  }
  return found;
}

const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

const isBinding = (asked: string): boolean => /\d|`|https?:\/\/|^\s*[-*]\s/mu.test(asked);
