import type { LanguageModelV3, LanguageModelV3StreamPart } from '@ai-sdk/provider';
import { followAbort } from '../follow-abort.js';
import type { LanguageModel, ModelPart, ModelRequest } from '../language-model.js';
import { ModelError } from '../model-error.js';
import { convertError, type ErrorScene } from './convert-error.js';
import { convertPart, type CalledTools } from './convert-part.js';
import { convertRequest } from './convert-prompt.js';

export interface Upstream {
  readonly provider: string;
  readonly chatModel: () => LanguageModelV3;
  readonly maxAnswerBytes: number;
  readonly secrets: readonly string[];
}

/**
 * A model behind an OpenAI-compatible chat completions API, called through the AI SDK's `doStream`.
 *
 * Invariants: a call follows its caller's abort and leaves nothing on the caller's signal; on every way out the
 * SDK's stream is cancelled, which is what closes the upstream's socket; whatever goes wrong is thrown as a
 * ModelError, unless the caller aborted.
 */
export class OpenAICompatibleModel implements LanguageModel {
  constructor(
    readonly id: string,
    private readonly upstream: Upstream,
  ) {}

  async *stream(request: ModelRequest, abort: AbortSignal): AsyncGenerator<ModelPart> {
    abort.throwIfAborted();
    const { controller, unfollow } = followAbort(abort);
    try {
      yield* this.convertParts(await this.call(request, controller.signal));
    } catch (error) {
      throw abort.aborted ? abort.reason : convertError(error, this.scene());
    } finally {
      unfollow();
    }
  }

  private async call(
    request: ModelRequest,
    abortSignal: AbortSignal,
  ): Promise<ReadableStream<LanguageModelV3StreamPart>> {
    const { stream } = await this.upstream.chatModel().doStream({ ...convertRequest(request), abortSignal });
    return stream;
  }

  private async *convertParts(parts: ReadableStream<LanguageModelV3StreamPart>): AsyncGenerator<ModelPart> {
    const called: CalledTools = new Map();
    let bytes = 0;
    for await (const part of parts) {
      if (part.type === 'error') throw convertError(part.error, this.scene());
      bytes += countBytes(part);
      if (bytes > this.upstream.maxAnswerBytes) throw tooLarge(this.upstream.maxAnswerBytes);
      const converted = convertPart(part, called);
      if (converted) yield converted;
    }
  }

  private scene(): ErrorScene {
    return { provider: this.upstream.provider, now: Date.now(), secrets: this.upstream.secrets };
  }
}

function countBytes(part: LanguageModelV3StreamPart): number {
  if (part.type === 'tool-input-start') return Buffer.byteLength(part.id) + Buffer.byteLength(part.toolName);
  return 'delta' in part ? Buffer.byteLength(part.delta) : 0;
}

const tooLarge = (maxBytes: number): ModelError =>
  new ModelError('content_too_large', `The model's answer has more than ${maxBytes} bytes.`, {
    retryable: false,
  });
