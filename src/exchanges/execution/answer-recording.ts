import { DomainError } from '../../kernel/domain-error.js';
import type { ModelPart } from '../../providers/language-model.js';
import type { ExchangeUnits, Held } from './exchange-units.js';
import { AnswerPromptMaker } from './map-answer.js';
import { PartRecorder, type Recorded } from './part-format.js';

type FinishPart = Extract<ModelPart, { type: 'finish' }>;

/**
 * Writes down one answer. Invariant: nothing of it is written before its first chunk, with which its message appears; so
 * a context that still awaits the model has nothing of the answer, and the call can be made again.
 */
export class AnswerRecording {
  /** True until something of the answer has come. */
  isEmpty = true;
  private isOpen = false;
  private bytes = 0;
  private readonly recorder = new PartRecorder();
  private readonly answer = new AnswerPromptMaker();
  /** What came before the first chunk. */
  private early: ModelPart[] = [];

  constructor(
    private held: Held,
    private readonly units: ExchangeUnits,
    /** What is kept of an answer beside its chunks, in bytes of JSON. */
    private readonly maxBytes: number,
  ) {}

  /** To be told of every part, in their order, before it is written. */
  note(part: ModelPart): void {
    const isChunk = 'delta' in part;
    if (!isChunk) this.bytes += Buffer.byteLength(JSON.stringify(part));
    if (this.bytes > this.maxBytes)
      throw new DomainError('limit_exceeded', `An answer may have at most ${this.maxBytes} bytes.`);
    if (part.type === 'route' || (isChunk && part.delta === '')) return;
    this.isEmpty = false;
    this.answer.add(part);
  }

  async write(parts: readonly ModelPart[]): Promise<void> {
    for (const part of parts) if (part.type === 'route') await this.reroute(part);
    if (!this.isOpen) return this.begin(parts);
    const recorded = this.recorder.record(parts);
    if (recorded.chunks.length > 0) await this.units.append(this.held, recorded);
    else await this.units.write(this.held, recorded);
  }

  complete(finish: FinishPart): Promise<void> {
    const rest = this.record([finish]);
    return this.units.complete(this.held, { rest, finish, prompt: this.answer.prompt });
  }

  private async begin(parts: readonly ModelPart[]): Promise<void> {
    this.isOpen = parts.some((part) => 'delta' in part && part.delta !== '');
    if (this.isOpen) await this.units.write(this.held, this.record(parts));
    else this.early.push(...parts);
  }

  private async reroute(route: Held['route']): Promise<void> {
    this.held = { ...this.held, ...(route && { route }) };
    await this.units.reroute(this.held);
  }

  private record(parts: readonly ModelPart[]): Recorded {
    const recorded = this.recorder.record([...this.early, ...parts]);
    this.early = [];
    return recorded;
  }
}
