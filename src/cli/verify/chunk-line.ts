import { chunkKinds } from '../../streaming/chunk-kinds.js';
import type { ChunkEntity } from '../../streaming/chunk.entity.js';
import { parseJson } from './parse-json.js';

/** A final text, compared with its deltas as they come: they are never joined in memory. */
class Told {
  private at = 0;
  private hasDiffered = false;

  constructor(private readonly text: string) {}

  add(delta: string): void {
    this.hasDiffered ||= !this.text.startsWith(delta, this.at);
    this.at += delta.length;
  }

  get isSame(): boolean {
    return !this.hasDiffered && this.at === this.text.length;
  }
}

/** Follows the chunks of one message in the order in which they are stored. */
export class ChunkLine {
  last = 0;
  count = 0;
  bytes = 0;
  private readonly told: { readonly text?: Told; readonly reasoning?: Told };

  /** `data` is what a final message says; a streaming one says nothing yet. */
  constructor(data: Readonly<Record<string, unknown>> | undefined) {
    const textOf = (value: unknown): Told => new Told(typeof value === 'string' ? value : '');
    this.told = data ? { text: textOf(data['content']), reasoning: textOf(data['reasoning']) } : {};
  }

  *add({ sequence, kind, delta, tool_call_id }: ChunkEntity): Generator<string, void> {
    if (sequence !== this.last + 1) yield `its chunk ${sequence} follows chunk ${this.last}`;
    this.last = sequence;
    this.count++;
    if (!chunkKinds.some((known) => known === kind))
      yield `its chunk ${sequence} has the unknown kind ${kind}`;
    // A call named beside a text is what its producer said.
    if (kind === 'tool_arguments' && tool_call_id === null) yield `its chunk ${sequence} belongs to no call`;
    const piece = parseJson(delta);
    if (typeof piece !== 'string') return yield `its chunk ${sequence} is no JSON text`;
    this.bytes += Buffer.byteLength(piece);
    if (kind === 'text' || kind === 'reasoning') this.told[kind]?.add(piece);
  }

  /** Whether they say what the message says. */
  *end(): Generator<string, void> {
    if (this.told.text?.isSame === false) yield 'its content is not what its chunks say';
    if (this.told.reasoning?.isSame === false) yield 'its reasoning is not what its chunks say';
  }
}
