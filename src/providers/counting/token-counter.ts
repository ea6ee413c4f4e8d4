import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Tokenizer } from '../../config/model-table.js';

/**
 * Texts are cut into pieces of this many UTF-16 units before they are counted: the tokenizer's time grows with the square
 * of the longest word, and a text may be one word. Each cut costs a token at most.
 */
const pieceLength = 1024;
/** So much is counted before others have their turn. */
const piecesAtOnce = 32;
/**
 * Of families that publish no tokenizer, the best known take up to a fifth more tokens for the same text than o200k_base:
 * with this they are counted too high rather than too low.
 */
const estimateFactor = 1.2;

type Encoding = Exclude<Tokenizer, 'estimate'>;
type CountTokens = (text: string) => number;

/** Counts tokens as a family of models does. What it needs for that is loaded when something is to be counted. */
export class TokenCounter {
  private readonly counts = new Map<string, number>();
  private readonly loading = new Map<Encoding, Promise<CountTokens>>();

  /** `maxCounts` texts are remembered with their numbers, those that were asked for last. */
  constructor(
    private readonly maxCounts: number,
    private readonly load = loadEncoding,
  ) {}

  async count(text: string, tokenizer: Tokenizer): Promise<number> {
    if (tokenizer !== 'estimate') return this.countAs(text, tokenizer);
    return Math.ceil((await this.countAs(text, 'o200k_base')) * estimateFactor);
  }

  private async countAs(text: string, encoding: Encoding): Promise<number> {
    const key = createHash('sha256').update(encoding).update(text).digest('base64');
    const known = this.counts.get(key);
    this.counts.delete(key);
    const tokens = known ?? (await this.countPieces(text, encoding));
    this.counts.set(key, tokens);
    for (const oldest of this.counts.keys()) {
      if (this.counts.size <= this.maxCounts) break;
      this.counts.delete(oldest);
    }
    return tokens;
  }

  private async countPieces(text: string, encoding: Encoding): Promise<number> {
    const loaded = this.loading.get(encoding) ?? this.load(encoding);
    this.loading.set(encoding, loaded);
    const countTokens = await loaded;
    let tokens = 0;
    let pieces = 0;
    for (let at = 0; at < text.length; at += pieceLength) {
      if (++pieces % piecesAtOnce === 0) await nextTurn();
      tokens += countTokens(text.slice(at, at + pieceLength));
    }
    return tokens;
  }
}

async function loadEncoding(encoding: Encoding): Promise<CountTokens> {
  const { countTokens } = await (encoding === 'o200k_base'
    ? import('gpt-tokenizer/encoding/o200k_base')
    : import('gpt-tokenizer/encoding/cl100k_base'));
  // What looks like a control token in a user's text is text.
  return (text) => countTokens(text, { disallowedSpecial: new Set() });
}
