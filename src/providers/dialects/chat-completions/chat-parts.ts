import type { FinishReason, ModelPart, TokenUsage } from '../../language-model.js';
import { AnswerReader } from '../answer-reader.js';
import { readChunk, type Chunk } from './read-chunk.js';
import { ToolCalls } from './tool-calls.js';

/** The parts of one streamed chat completion. */
export class ChatParts extends AnswerReader<Chunk> {
  private readonly calls = new ToolCalls(this.rules.newId);
  private finish: FinishReason | undefined;
  private usage: TokenUsage = { prompt: 0, completion: 0 };

  /** The whole tool calls and the finish. */
  end(): readonly ModelPart[] | undefined {
    const calls = this.calls.whole();
    if (!calls || this.finish === undefined) return undefined;
    return [...calls, { type: 'finish', finish_reason: this.finishReason(this.finish), usage: this.usage }];
  }

  protected read(json: unknown): Chunk | undefined {
    return readChunk(json);
  }

  protected override addDone(): void {
    this.isOver = true;
  }

  protected add(chunk: Chunk): void {
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
