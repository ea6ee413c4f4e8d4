import type { LanguageModelV3 } from '@ai-sdk/provider';
import { v4 } from 'uuid';
import { followAbort } from '../follow-abort.js';
import type { LanguageModel, ModelPart, ModelRequest } from '../language-model.js';
import type { PartsReader, ReaderRules } from '../dialects/parts-reader.js';
import { convertRequest } from '../requests/convert-request.js';
import type { RequestTarget } from '../requests/request-target.js';
import { convertError, convertEvent, unfinished, type ErrorScene } from './convert-error.js';
import { decodeBody } from './decode-body.js';
import { EventScanner } from './event-scanner.js';
import type { UpstreamAnswer } from './upstream-answer.js';
import type { UpstreamFetch } from './upstream-fetch.js';

export interface Upstream {
  /** The SDK's model, which makes the requests. */
  readonly sdkModel: () => LanguageModelV3;
  /** What reads the answers. */
  readonly reader: (rules: ReaderRules) => PartsReader;
  /** What `sdkModel` makes its requests with. */
  readonly fetch: UpstreamFetch;
  readonly target: RequestTarget;
  readonly maxAnswerBytes: number;
  readonly scene: () => ErrorScene;
}

/**
 * A model behind an HTTP API of any dialect. The AI SDK makes the request and judges a refusal; the
 * stream of a good answer is read here, at a fraction of what the SDK's pipeline of web streams and schemas costs.
 *
 * Invariants: a call follows its caller's abort and leaves nothing on the caller's signal; on every way out the answer
 * is over, which is what closes the upstream's socket; whatever goes wrong is thrown as a ModelError, unless the caller
 * aborted.
 */
export class UpstreamModel implements LanguageModel {
  constructor(
    readonly id: string,
    private readonly upstream: Upstream,
  ) {}

  async *stream(request: ModelRequest, abort: AbortSignal): AsyncGenerator<ModelPart> {
    abort.throwIfAborted();
    const { controller, unfollow } = followAbort(abort);
    const { maxAnswerBytes: maxBytes } = this.upstream;
    const parts = this.upstream.reader({
      maxBytes,
      newId: v4,
      judge: (event) => convertEvent(event, this.upstream.scene()),
    });
    const scanner = new EventScanner(maxBytes);
    try {
      const answer = await this.call(request, controller.signal);
      for await (const bytes of decodeBody(answer, answer.headers)) {
        const { lines, isDone } = scanner.scan(bytes);
        const fed = parts.feed(lines.toString());
        const isOver = isDone || parts.isOver;
        if (isOver) answer.linger();
        // One by one: a `yield*` would await each of them twice.
        for (const part of fed) yield part;
        if (parts.failure) throw parts.failure;
        if (isOver) break;
      }
      const last = parts.end();
      if (!last) throw unfinished(this.upstream.scene());
      for (const part of last) yield part;
    } catch (error) {
      throw abort.aborted ? abort.reason : convertError(error, this.upstream.scene());
    } finally {
      unfollow();
    }
  }

  private async call(request: ModelRequest, abortSignal: AbortSignal): Promise<UpstreamAnswer> {
    const options = convertRequest(request, this.upstream.target);
    await this.upstream.sdkModel().doStream({ ...options, abortSignal });
    return this.upstream.fetch.take(abortSignal);
  }
}
