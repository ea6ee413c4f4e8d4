import type { LanguageModelV3 } from '@ai-sdk/provider';
import { v4 } from 'uuid';
import { followAbort } from '../follow-abort.js';
import type { LanguageModel, ModelPart, ModelRequest } from '../language-model.js';
import { AnswerParts } from './answer-parts.js';
import { convertError, convertEvent, unfinished, type ErrorScene } from './convert-error.js';
import { decodeBody } from './decode-body.js';
import { convertRequest } from './convert-prompt.js';
import { EventScanner } from './event-scanner.js';
import type { UpstreamAnswer } from './upstream-answer.js';
import type { UpstreamFetch } from './upstream-fetch.js';

export interface Upstream {
  readonly provider: string;
  readonly chatModel: () => LanguageModelV3;
  /** What `chatModel` makes its requests with. */
  readonly fetch: UpstreamFetch;
  readonly maxAnswerBytes: number;
  readonly secrets: readonly string[];
}

/**
 * A model behind an OpenAI-compatible chat completions API. The AI SDK makes the request and judges a refusal; the
 * stream of a good answer is read here, at a fraction of what the SDK's pipeline of web streams and schemas costs.
 *
 * Invariants: a call follows its caller's abort and leaves nothing on the caller's signal; on every way out the answer
 * is over, which is what closes the upstream's socket; whatever goes wrong is thrown as a ModelError, unless the caller
 * aborted.
 */
export class OpenAICompatibleModel implements LanguageModel {
  constructor(
    readonly id: string,
    private readonly upstream: Upstream,
  ) {}

  async *stream(request: ModelRequest, abort: AbortSignal): AsyncGenerator<ModelPart> {
    abort.throwIfAborted();
    const { controller, unfollow } = followAbort(abort);
    const { maxAnswerBytes: maxBytes } = this.upstream;
    const parts = new AnswerParts({
      maxBytes,
      newId: v4,
      judge: (event) => convertEvent(event, this.scene()),
    });
    const scanner = new EventScanner(maxBytes);
    try {
      const answer = await this.call(request, controller.signal);
      for await (const bytes of decodeBody(answer, answer.headers)) {
        const { lines, isDone } = scanner.scan(bytes);
        if (isDone) answer.linger();
        // One by one: a `yield*` would await each of them twice.
        for (const part of parts.feed(lines.toString())) yield part;
        if (parts.failure) throw parts.failure;
        if (isDone) break;
      }
      const last = parts.end();
      if (!last) throw unfinished(this.scene());
      for (const part of last) yield part;
    } catch (error) {
      throw abort.aborted ? abort.reason : convertError(error, this.scene());
    } finally {
      unfollow();
    }
  }

  private async call(request: ModelRequest, abortSignal: AbortSignal): Promise<UpstreamAnswer> {
    await this.upstream.chatModel().doStream({ ...convertRequest(request), abortSignal });
    return this.upstream.fetch.take(abortSignal);
  }

  private scene(): ErrorScene {
    return { provider: this.upstream.provider, now: Date.now(), secrets: this.upstream.secrets };
  }
}
