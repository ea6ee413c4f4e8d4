import type { FastifyReply } from 'fastify';
import type { Permit } from '../metering/permit.js';
import type { StreamLimits } from './answer-stream.js';
import type { AnswerHead, Codec, GatewayCall } from './dialects/codec.js';
import type { GatewayFailure } from './dialects/gateway-failure.js';

/** One call, with all that answering it takes. */
export interface Asked<Call extends GatewayCall = GatewayCall> {
  readonly codec: Codec<Call>;
  readonly call: Call;
  readonly reply: FastifyReply;
  readonly permit: Permit;
  /** Aborts with ClientGone or a DomainError. */
  readonly abort: AbortSignal;
  readonly head: AnswerHead;
  readonly limits: StreamLimits & { readonly maxAnswerBytes: number };
  /** For what comes too late for a status. */
  readonly failureOf: (error: unknown) => GatewayFailure;
}

/** An answer of which the first piece has come: nobody else is asked any more. */
export interface BegunAnswer {
  /** Counts what is known by now of what it used, unless that was done. */
  count(): Promise<void>;
  /** Sends all of it. Throws what stopped it while nothing was sent; later, the stream says so. */
  send(): Promise<void>;
}
