import type { Dialect, ModelPart, ModelRequest } from '../../providers/language-model.js';
import type { WholeAnswer } from './answer-blocks.js';
import type { GatewayFailure } from './gateway-failure.js';

/** JSON that goes to the caller as it is. */
export type Json = Readonly<Record<string, unknown>>;

/** What a caller asked for, in its own dialect, and what that means. */
export interface GatewayCall {
  /** As the caller names it: an id, a bare name or an alias. */
  readonly model: string;
  readonly isStreamed: boolean;
  readonly request: ModelRequest;
  /** As it came: a provider of the same dialect is asked with it. */
  readonly body: Json;
  /** Chat completions alone: whether a stream says at its end what was used. */
  readonly isUsageWanted?: boolean;
}

/** What is known of an answer before its first part. */
export interface AnswerHead {
  /** Names the answer, without the prefix that its dialect puts before it; made of letters and digits. */
  readonly id: string;
  /** Who answers, as the caller is told. */
  readonly model: string;
  /** In milliseconds since 1970. */
  readonly created_at: number;
  /** What the request is thought to have; the provider says at the end what it had. */
  readonly input_tokens: number;
}

/**
 * Writes one answer as a stream of server-sent events. Each method gives whole events, or '' where there is nothing to
 * say. Deterministic: the same calls give the same text. Called as begin, part*, then end or fail; `ping` in between.
 */
export interface AnswerWriter {
  begin(): string;
  /** Parts that a stream shows nothing of (`route`) are ''. */
  part(part: ModelPart): string;
  /** After the part `finish`. */
  end(): string;
  /** The answer goes no further: the status was sent, so the stream itself says so. May come before the first part. */
  fail(failure: GatewayFailure): string;
  /** Nothing but a sign of life. */
  ping(): string;
}

/** One way in which callers speak. Everything of it is pure. */
export interface Codec<Call extends GatewayCall = GatewayCall> {
  readonly name: Dialect;
  /** Throws `invalid_request` with the path of what is wrong. */
  decode(body: unknown): Call;
  writer(call: Call, head: AnswerHead): AnswerWriter;
  /** The answer to a call that is not streamed. */
  whole(call: Call, head: AnswerHead, answer: WholeAnswer): Json;
  /** The body of an answer that is an error, in the vendor's shape. */
  errorBody(failure: GatewayFailure): Json;
}
