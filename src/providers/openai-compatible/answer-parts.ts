import { createParser } from 'eventsource-parser';
import type { FinishReason, ModelPart, TokenUsage } from '../language-model.js';
import { ModelError } from '../model-error.js';
import { readChunk, type Chunk } from './read-chunk.js';
import { ToolCalls } from './tool-calls.js';

export interface AnswerRules {
  /** What all deltas of an answer, and the names in it, may have together. */
  readonly maxBytes: number;
  /** An id for a tool call that came without one. */
  readonly newId: () => string;
  /** The error that an event is which is JSON but no chunk, or not even JSON (undefined). */
  readonly judge: (event: unknown) => ModelError;
}

/**
 * The parts of one streamed chat completion, from the lines of its event stream. Does no I/O and knows no clock: the
 * same lines give the same parts, however they were cut.
 */
export class AnswerParts {
  /** Why the answer is not to be read on; what came before it was given out all the same. */
  failure: ModelError | undefined;
  private parts: ModelPart[] = [];
  private readonly calls: ToolCalls;
  private finish: FinishReason | undefined;
  private usage: TokenUsage = { prompt: 0, completion: 0 };
  private bytes = 0;
  private readonly parser = createParser({ onEvent: ({ data }) => this.addEvent(data) });

  constructor(private readonly rules: AnswerRules) {
    this.calls = new ToolCalls(rules.newId);
  }

  /** The parts that these whole lines complete, up to a failure. */
  feed(lines: string): readonly ModelPart[] {
    this.parts = [];
    // A byte order mark is no part of the first line (WHATWG HTML §9.2.6).
    this.parser.feed(lines.charCodeAt(0) === 0xfeff ? lines.slice(1) : lines);
    return this.parts;
  }

  /** The stream is over: the whole tool calls and the finish, or undefined when it stopped too early. */
  end(): readonly ModelPart[] | undefined {
    const calls = this.calls.whole();
    if (!calls || this.finish === undefined) return undefined;
    return [...calls, { type: 'finish', finish_reason: this.finishReason(this.finish), usage: this.usage }];
  }

  private addEvent(data: string): void {
    if (data === '[DONE]' || this.failure) return;
    const event = parse(data);
    const chunk = readChunk(event);
    if (chunk) this.add(chunk);
    else this.failure = this.rules.judge(event);
  }

  private add(chunk: Chunk): void {
    for (const text of chunk.texts) if (this.hasRoom(text.delta)) this.parts.push(text);
    for (const call of chunk.calls) {
      const part = this.hasRoom(call.arguments, call.id, call.name) && this.calls.add(call);
      if (part) this.parts.push(part);
    }
    this.finish = chunk.finish ?? this.finish;
    this.usage = chunk.usage ?? this.usage;
  }

  private hasRoom(...texts: readonly (string | undefined)[]): boolean {
    for (const text of texts) if (text !== undefined) this.bytes += Buffer.byteLength(text);
    if (this.bytes > this.rules.maxBytes) this.failure ??= tooLarge(this.rules.maxBytes);
    return !this.failure;
  }

  /** Some servers end an answer that calls tools with `stop`. */
  private finishReason(finish: FinishReason): FinishReason {
    return !this.calls.isEmpty && (finish === 'stop' || finish === 'other') ? 'tool_calls' : finish;
  }
}

const tooLarge = (maxBytes: number): ModelError =>
  new ModelError('content_too_large', `The model's answer has more than ${maxBytes} bytes.`, {
    retryable: false,
  });

/** Undefined for what is not JSON, which has no undefined. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
