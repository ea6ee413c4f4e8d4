import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Texts are cut into pieces of this many UTF-16 units before they are counted: the tokenizer's time grows with the square
 * of the longest word, and a text may be one word. Each cut costs a token at most.
 */
const pieceLength = 1024;
/** So much is counted before others have their turn. */
const piecesAtOnce = 32;

type CountTokens = (text: string) => number;

/** Counts tokens as the newer OpenAI models do; for others it is an estimate. Loaded when something is to be counted. */
export class TokenCounter {
  private readonly counts = new Map<string, number>();
  private loading: Promise<CountTokens> | undefined;

  /** `maxCounts` texts are remembered, those that were asked for last. */
  constructor(
    private readonly maxCounts: number,
    private readonly load = loadTokenizer,
  ) {}

  async count(text: string): Promise<number> {
    const key = createHash('sha256').update(text).digest('base64');
    const known = this.counts.get(key);
    this.counts.delete(key);
    const tokens = known ?? (await this.countPieces(text));
    this.counts.set(key, tokens);
    for (const oldest of this.counts.keys()) {
      if (this.counts.size <= this.maxCounts) break;
      this.counts.delete(oldest);
    }
    return tokens;
  }

  private async countPieces(text: string): Promise<number> {
    const countTokens = await (this.loading ??= this.load());
    let tokens = 0;
    let pieces = 0;
    for (let at = 0; at < text.length; at += pieceLength) {
      if (++pieces % piecesAtOnce === 0) await nextTurn();
      tokens += countTokens(text.slice(at, at + pieceLength));
    }
    return tokens;
  }
}

async function loadTokenizer(): Promise<CountTokens> {
  const { countTokens } = await import('gpt-tokenizer/encoding/o200k_base');
  // What looks like a control token in a user's text is text.
  return (text) => countTokens(text, { disallowedSpecial: new Set() });
}
