import type { ModelPart } from '../language-model.js';
import { ModelError } from '../model-error.js';

export interface ReaderRules {
  /** What all deltas of an answer, and the names in it, may have together. */
  readonly maxBytes: number;
  /** An id for a tool call that came without one. */
  readonly newId: () => string;
  /** The error that an event is which is JSON but nothing of an answer, or not even JSON (undefined). */
  readonly judge: (event: unknown) => ModelError;
}

/**
 * The parts of one streamed answer, from the lines of its event stream. Does no I/O and knows no clock: the same lines
 * give the same parts, however they were cut.
 */
export interface PartsReader {
  /** Why the answer is not to be read on; what came before it was given out all the same. */
  readonly failure: ModelError | undefined;
  /** True once the answer has said by itself that it is over; what is still sent is of no interest. */
  readonly isOver: boolean;
  /** The parts that these whole lines complete, up to a failure. */
  feed(lines: string): readonly ModelPart[];
  /** The stream is over: the parts that were waiting for its end, the finish last; undefined when it stopped too early. */
  end(): readonly ModelPart[] | undefined;
}

/** How much of an answer there may be; its `failure` once it was more. */
export class AnswerRoom {
  failure: ModelError | undefined;
  private bytes = 0;

  constructor(private readonly maxBytes: number) {}

  /** True while everything so far, with these texts, is not too much. */
  has(...texts: readonly (string | undefined)[]): boolean {
    for (const text of texts) if (text !== undefined) this.bytes += Buffer.byteLength(text);
    if (this.bytes > this.maxBytes) this.failure ??= tooLarge(this.maxBytes);
    return !this.failure;
  }
}

const tooLarge = (maxBytes: number): ModelError =>
  new ModelError('content_too_large', `The model's answer has more than ${maxBytes} bytes.`, {
    retryable: false,
  });
