import type { ModelPart } from '../language-model.js';
import type { ModelError } from '../model-error.js';
import { EventLines, parseEvent } from './event-lines.js';
import { AnswerRoom, type PartsReader, type ReaderRules } from './parts-reader.js';

/** What reading an answer is in every dialect: from lines to events, and no further than the first that is none. */
export abstract class AnswerReader<Event> implements PartsReader {
  isOver = false;
  /** Those that the lines which are being read complete. */
  protected parts: ModelPart[] = [];
  protected readonly room: AnswerRoom;
  private judged: ModelError | undefined;
  private readonly lines = new EventLines((data) => this.addEvent(data));

  constructor(protected readonly rules: ReaderRules) {
    this.room = new AnswerRoom(rules.maxBytes);
  }

  get failure(): ModelError | undefined {
    return this.judged ?? this.room.failure;
  }

  feed(lines: string): readonly ModelPart[] {
    this.parts = [];
    this.lines.feed(lines);
    return this.parts;
  }

  abstract end(): readonly ModelPart[] | undefined;

  /** An event of the dialect; undefined for what is none. */
  protected abstract read(json: unknown): Event | undefined;

  protected abstract add(event: Event): void;

  /** The line by which chat completions end. Elsewhere some servers send it too, and it means nothing. */
  protected addDone(): void {}

  protected say(type: 'text' | 'reasoning', delta: string): void {
    if (delta !== '' && this.room.has(delta)) this.parts.push({ type, delta });
  }

  private addEvent(data: string): void {
    if (data === '[DONE]') return this.addDone();
    if (this.isOver || this.failure) return;
    const json = parseEvent(data);
    const event = this.read(json);
    if (event) this.add(event);
    else this.judged = this.rules.judge(json);
  }
}
