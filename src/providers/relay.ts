import type { IncomingHttpHeaders } from 'node:http';
import type { Dialect } from './language-model.js';

/** What may be asked of a provider's server in its own words: an answer in a dialect, or one of two plain questions. */
export type RelayTarget = Dialect | 'embeddings' | 'count_tokens';

export interface RelayRequest {
  /** As the caller wrote it; the model's name in it is replaced by the provider's own. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Headers of the caller's that mean something to the provider, such as `anthropic-beta`. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface RelayAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /**
   * Decoded, in pieces as they come; leaving the loop over it ends the call upstream. The call holds its connection until
   * the body was read or left, or the caller aborted: an answer that nobody wants is to be left too.
   */
  readonly body: AsyncIterable<Buffer>;
  /** A text of the server's without what it knows this server by: some quote a wrong key in what they refuse. */
  hide(text: string): string;
}

/** A provider's server, asked in its own dialect: nothing is translated, so nothing is lost. */
export interface Relay {
  /**
   * Resolves with the head of the answer, whatever its status. Throws a ModelError when there is none, `abort.reason` when
   * the caller aborted.
   */
  send(request: RelayRequest, abort: AbortSignal): Promise<RelayAnswer>;
}
