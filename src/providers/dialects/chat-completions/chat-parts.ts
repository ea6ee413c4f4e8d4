import type { FinishReason, ModelPart, TokenUsage } from '../../language-model.js';
import type { ModelError } from '../../model-error.js';
import { EventLines, parseEvent } from '../event-lines.js';
import { AnswerRoom, type PartsReader, type ReaderRules } from '../parts-reader.js';
import { readChunk, type Chunk } from './read-chunk.js';
import { ToolCalls } from './tool-calls.js';

/** The parts of one streamed chat completion. */
export class ChatParts implements PartsReader {
  isOver = false;
  private judged: ModelError | undefined;
  private parts: ModelPart[] = [];
  private readonly calls: ToolCalls;
  private finish: FinishReason | undefined;
  private usage: TokenUsage = { prompt: 0, completion: 0 };
  private readonly room: AnswerRoom;
  private readonly lines = new EventLines((data) => this.addEvent(data));

  constructor(private readonly rules: ReaderRules) {
    this.calls = new ToolCalls(rules.newId);
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

  /** The whole tool calls and the finish. */
  end(): readonly ModelPart[] | undefined {
    const calls = this.calls.whole();
    if (!calls || this.finish === undefined) return undefined;
    return [...calls, { type: 'finish', finish_reason: this.finishReason(this.finish), usage: this.usage }];
  }

  private addEvent(data: string): void {
    if (data === '[DONE]') this.isOver = true;
    if (this.isOver || this.failure) return;
    const event = parseEvent(data);
    const chunk = readChunk(event);
    if (chunk) this.add(chunk);
    else this.judged = this.rules.judge(event);
  }

  private add(chunk: Chunk): void {
    for (const text of chunk.texts) if (this.room.has(text.delta)) this.parts.push(text);
    for (const call of chunk.calls) {
      const part = this.room.has(call.arguments, call.id, call.name) && this.calls.add(call);
      if (part) this.parts.push(part);
    }
    this.finish = chunk.finish ?? this.finish;
    this.usage = chunk.usage ?? this.usage;
  }

  /** Some servers end an answer that calls tools with `stop`. */
  private finishReason(finish: FinishReason): FinishReason {
    return !this.calls.isEmpty && (finish === 'stop' || finish === 'other') ? 'tool_calls' : finish;
  }
}
