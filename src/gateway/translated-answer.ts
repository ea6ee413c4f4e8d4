import type { OutgoingHttpHeaders } from 'node:http';
import { AnswerMeter } from '../metering/answer-meter.js';
import type { LanguageModel, ModelPart, ModelRequest } from '../providers/language-model.js';
import { ModelError } from '../providers/model-error.js';
import { AnswerStream } from './answer-stream.js';
import type { Asked, BegunAnswer } from './asked.js';
import { AnswerBlocks } from './dialects/answer-blocks.js';
import type { GatewayCall } from './dialects/codec.js';
import { ClientGone } from './open-calls.js';

/** The answer of any model, in the words of the caller's dialect. However it is left, the call upstream is over. */
export class TranslatedAnswer<Call extends GatewayCall> implements BegunAnswer {
  private constructor(
    private readonly asked: Asked<Call>,
    private readonly meter: AnswerMeter,
    private readonly parts: AsyncGenerator<ModelPart, void>,
  ) {}

  /** Resolves with the first part. Throws what the model threw. */
  static async begin<Call extends GatewayCall>(
    asked: Asked<Call>,
    model: LanguageModel,
    request: ModelRequest,
  ): Promise<TranslatedAnswer<Call>> {
    const parts = model.stream(request, asked.abort)[Symbol.asyncIterator]();
    const first = await parts.next();
    if (first.done) throw nothing();
    return new TranslatedAnswer(asked, new AnswerMeter(request), all(first.value, parts));
  }

  count(): Promise<void> {
    return this.asked.permit.done(this.meter.outcome);
  }

  send(): Promise<void> {
    return this.asked.call.isStreamed ? this.stream() : this.whole();
  }

  private async whole(): Promise<void> {
    const { codec, call, head, reply } = this.asked;
    const blocks = new AnswerBlocks();
    for await (const part of this.metered()) blocks.add(part);
    const { whole } = blocks;
    if (!whole) throw nothing();
    await reply.send(codec.whole(call, head, whole));
  }

  private async stream(): Promise<void> {
    const { codec, call, head, reply, limits, failureOf } = this.asked;
    const writer = codec.writer(call, head);
    const stream = new AnswerStream(reply.raw, limits, () => writer.ping());
    reply.hijack();
    stream.open(reply.getHeaders() as OutgoingHttpHeaders);
    try {
      await stream.write(writer.begin());
      for await (const part of this.metered()) {
        const full = stream.write(writer.part(part));
        if (full) await full;
      }
      await stream.write(writer.end());
    } catch (error) {
      if (error instanceof ClientGone) return stream.stop();
      await stream.write(writer.fail(failureOf(error)));
    }
    await stream.end();
  }

  /** What was used is counted before anybody hears that the answer is whole. */
  private async *metered(): AsyncGenerator<ModelPart, void> {
    for await (const part of this.parts) {
      this.meter.note(part);
      if (part.type === 'finish') await this.count();
      yield part;
    }
  }
}

async function* all(first: ModelPart, rest: AsyncIterator<ModelPart>): AsyncGenerator<ModelPart, void> {
  try {
    for (let next: IteratorResult<ModelPart> = { value: first }; !next.done; next = await rest.next())
      yield next.value;
  } finally {
    await rest.return?.();
  }
}

const nothing = (): ModelError =>
  new ModelError('upstream_protocol', 'The model ended without an answer.', { retryable: true });
