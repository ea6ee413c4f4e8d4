import type { PromptMessage } from '../language-model.js';
import { readText } from './read-turn.js';

/** A word that long is not waited for whole: writing without spaces has no other place to break. */
const maxPiece = 24;

const piece = new RegExp(`\\s{0,${maxPiece}}\\S{1,${maxPiece}}|\\s{1,${maxPiece}}`, 'gu');

/** A text in the pieces in which it is streamed: joined, they are the text. No character is cut in two. */
export const splitWords = (text: string): readonly string[] => text.match(piece) ?? [];

const vocabulary =
  'a small river of words runs from here to there and each of them is kept so that nobody has to ask for it twice';

/** `count` words of no meaning, ten to a sentence, ten sentences to a paragraph. */
export function makeWords(count: number): string {
  const words = vocabulary.split(' ');
  return Array.from({ length: count }, (_, index) => {
    const word = words[index % words.length] ?? '';
    const isFirst = index % 10 === 0;
    const isLast = index % 10 === 9 || index === count - 1;
    const before = index === 0 ? '' : index % 100 === 0 ? '\n\n' : ' ';
    return `${before}${isFirst ? capitalize(word) : word}${isLast ? '.' : ''}`;
  }).join('');
}

const capitalize = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);

/** How many words a prompt has. */
export const countWords = (messages: readonly PromptMessage[]): number =>
  messages.reduce((sum, message) => {
    const text = message.role === 'user' ? readText(message.parts) : message.content;
    return sum + (text.match(/\S+/g)?.length ?? 0);
  }, 0);
