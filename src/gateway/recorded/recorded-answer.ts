import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyReply } from 'fastify';
import { ExchangeFailed } from '../../exchanges/exchange-failed.js';
import type { ModelPart } from '../../providers/language-model.js';
import { AnswerStream, type StreamLimits } from '../answer-stream.js';
import { convertFailure, unforeseen } from '../convert-failure.js';
import { AnswerBlocks } from '../dialects/answer-blocks.js';
import type { AnswerHead, Codec, GatewayCall } from '../dialects/codec.js';
import type { GatewayFailure } from '../dialects/gateway-failure.js';
import { ClientGone } from '../open-calls.js';
import { convertExchangeFailure } from '../responses/convert-exchange.js';

export interface Recorded<Call extends GatewayCall> {
  readonly codec: Codec<Call>;
  readonly call: Call;
  readonly head: AnswerHead;
  readonly reply: FastifyReply;
  readonly parts: AsyncIterable<ModelPart>;
  readonly limits: StreamLimits;
}

/** A recorded answer on its way to its caller. However it is left, the answer itself goes on. */
export class RecordedAnswer<Call extends GatewayCall> {
  constructor(private readonly recorded: Recorded<Call>) {}

  /** Throws what the parts throw while nothing was sent; later, the stream says so. */
  async send(): Promise<void> {
    const parts = this.recorded.parts[Symbol.asyncIterator]();
    try {
      const first = await parts.next();
      await (this.recorded.call.isStreamed ? this.stream(first, parts) : this.whole(first, parts));
    } finally {
      await parts.return?.();
    }
  }

  private async whole(first: Next, parts: AsyncIterator<ModelPart>): Promise<void> {
    const { codec, call, head, reply } = this.recorded;
    const blocks = new AnswerBlocks();
    for (let next = first; !next.done; next = await parts.next()) blocks.add(next.value);
    if (!blocks.whole) throw new Error('A completed exchange has no end.');
    await reply.send(codec.whole(call, head, blocks.whole));
  }

  private async stream(first: Next, parts: AsyncIterator<ModelPart>): Promise<void> {
    const { codec, call, head, reply, limits } = this.recorded;
    const writer = codec.writer(call, head);
    const stream = new AnswerStream(reply.raw, limits, () => writer.ping());
    reply.hijack();
    stream.open(reply.getHeaders() as OutgoingHttpHeaders);
    try {
      await stream.write(writer.begin());
      for (let next = first; !next.done; next = await parts.next()) {
        const full = stream.write(writer.part(next.value));
        if (full) await full;
      }
      await stream.write(writer.end());
    } catch (error) {
      if (error instanceof ClientGone) return stream.stop();
      await stream.write(writer.fail(failureOf(error)));
    }
    await stream.end();
  }
}

type Next = IteratorResult<ModelPart, unknown>;

const failureOf = (error: unknown): GatewayFailure =>
  error instanceof ExchangeFailed ? convertExchangeFailure(error) : (convertFailure(error) ?? unforeseen);
