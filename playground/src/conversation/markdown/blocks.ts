import { Lexer, type Token } from 'marked';

/** A text that has been read, so that the next, longer one need not be read from its beginning. */
export interface ReadBlocks {
  readonly text: string;
  readonly blocks: readonly Token[];
}

export const noBlocks: ReadBlocks = { text: '', blocks: [] };

/**
 * The blocks of a text. Where it goes on from the one before, the blocks that cannot change any more are the very same
 * objects, and only what follows them is read: all but the last two, since what comes may still turn a paragraph into
 * the next item of the list above it. Never throws: what the lexer cannot read is one block of plain text.
 */
export function readBlocks(before: ReadBlocks, written: string): ReadBlocks {
  const text = written.replace(/\r\n?/g, '\n');
  if (text === before.text) return before;
  const kept = text.startsWith(before.text) ? settled(before.blocks) : [];
  const from = kept.reduce((length, { raw }) => length + raw.length, 0);
  const rest = lex(text.slice(from));
  // A definition gives links their targets wherever they stand.
  if (kept.length > 0 && [...kept, ...rest].some(({ type }) => type === 'def'))
    return { text, blocks: lex(text) };
  return { text, blocks: [...kept, ...rest] };
}

/** Those before the last two that say something. */
function settled(blocks: readonly Token[]): readonly Token[] {
  let open = 2;
  let end = blocks.length;
  while (end > 0 && open > 0) {
    end -= 1;
    if (blocks[end]?.type !== 'space') open -= 1;
  }
  return open === 0 ? blocks.slice(0, end) : [];
}

function lex(text: string): readonly Token[] {
  try {
    return [...Lexer.lex(text, { gfm: true })];
  } catch {
    // Thousands of nested quotes are deeper than the lexer can go.
    return [{ type: 'text', raw: text, text, escaped: false }];
  }
}
