import type { UIMessageChunk } from 'ai';

/**
 * What a page has been told of a turn, so that a turn that is told again from its beginning goes on where the connection
 * broke. The server tells it alike each time, but for where one delta ends and the next begins. Pure.
 */
export class Told {
  private readonly lengths = new Map<string, number>();
  private readonly counts = new Map<string, number>();
  private seenLengths = new Map<string, number>();
  private seenCounts = new Map<string, number>();

  /** From here on it is told from its beginning. */
  again(): void {
    this.seenLengths = new Map();
    this.seenCounts = new Map();
  }

  /** What of this is new to the page; undefined when nothing is. */
  rest(chunk: UIMessageChunk): UIMessageChunk | undefined {
    const said = deltaOf(chunk);
    if (said !== undefined) return this.restOfDelta(chunk, said);
    const key = keyOf(chunk);
    const count = (this.seenCounts.get(key) ?? 0) + 1;
    this.seenCounts.set(key, count);
    if (count <= (this.counts.get(key) ?? 0)) return undefined;
    this.counts.set(key, count);
    return chunk;
  }

  private restOfDelta(chunk: UIMessageChunk, said: string): UIMessageChunk | undefined {
    const key = keyOf(chunk);
    const from = this.seenLengths.get(key) ?? 0;
    const to = from + said.length;
    this.seenLengths.set(key, to);
    const known = this.lengths.get(key) ?? 0;
    if (to <= known) return undefined;
    this.lengths.set(key, to);
    return withDelta(chunk, said.slice(Math.max(0, known - from)));
  }
}

const keyOf = (chunk: UIMessageChunk): string =>
  [
    chunk.type,
    'id' in chunk ? chunk.id : '',
    'toolCallId' in chunk ? chunk.toolCallId : '',
    'url' in chunk ? chunk.url : '',
  ].join(' ');

function deltaOf(chunk: UIMessageChunk): string | undefined {
  if (chunk.type === 'text-delta' || chunk.type === 'reasoning-delta') return chunk.delta;
  return chunk.type === 'tool-input-delta' ? chunk.inputTextDelta : undefined;
}

const withDelta = (chunk: UIMessageChunk, delta: string): UIMessageChunk =>
  chunk.type === 'tool-input-delta'
    ? { ...chunk, inputTextDelta: delta }
    : ({ ...chunk, delta } as UIMessageChunk);
