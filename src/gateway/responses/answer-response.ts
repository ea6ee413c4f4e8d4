import type { OutgoingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Settings } from '../../config/settings.js';
import { ExchangeFailed } from '../../exchanges/exchange-failed.js';
import type { Exchange } from '../../exchanges/exchange-kinds.js';
import type { Owner } from '../../kernel/ids.js';
import type { RequestKey } from '../../kernel/request-key.js';
import type { ModelPart } from '../../providers/language-model.js';
import { Answering } from '../answering.js';
import { AnswerStream } from '../answer-stream.js';
import type { ResponsesCall } from '../dialects/responses/convert-call.js';
import { frames, responsesCodec as codec } from '../dialects/responses/responses-codec.js';
import { keepAlive } from '../dialects/sse-format.js';
import { ClientGone, OpenCalls } from '../open-calls.js';
import { BeginResponse, recordHeader } from './begin-response.js';
import { convertExchangeFailure } from './convert-exchange.js';
import { ItemReferences } from './item-references.js';
import { eventsFrom, responseIdOf, StoredResponses } from './stored-responses.js';

/**
 * Answers a request for a response: what is stored is an exchange that goes on without its caller, and the caller follows
 * it like anybody else. What goes wrong before its first part is a status; later, it is the last event.
 */
@Injectable()
export class AnswerResponse {
  constructor(
    private readonly answering: Answering,
    private readonly references: ItemReferences,
    private readonly beginning: BeginResponse,
    private readonly responses: StoredResponses,
    private readonly openCalls: OpenCalls,
    private readonly settings: Settings,
  ) {}

  async execute(
    owner: Owner,
    body: unknown,
    key: RequestKey | undefined,
    reply: FastifyReply,
  ): Promise<void> {
    const call = codec.decode(await this.references.resolve(owner, body, 'input'));
    const context = contextIn(reply.request);
    if (!call.isStored && !call.isContinued && context === undefined)
      return this.answering.answer(codec, call, reply);
    const abort = this.openCalls.begin(reply);
    const { id } = await this.beginning.execute(owner, call, context, key);
    const exchange = await this.responses.find(owner, responseIdOf(id));
    void reply.headers(namesOf(exchange));
    try {
      await this.send(owner, call, exchange, reply, abort);
    } catch (error) {
      await refuse(error, reply);
    }
  }

  /** The events of a response after the one of this number, from the first without one. */
  async follow(owner: Owner, id: string, after: number, reply: FastifyReply): Promise<void> {
    const exchange = await this.responses.find(owner, id);
    const abort = this.openCalls.begin(reply);
    await this.stream(exchange, this.responses.follow(owner, exchange, abort), reply, after);
  }

  private async send(
    owner: Owner,
    { isStreamed, isBackground }: ResponsesCall,
    exchange: Exchange,
    reply: FastifyReply,
    abort: AbortSignal,
  ): Promise<void> {
    const parts = this.responses.follow(owner, exchange, abort);
    // Whoever does not wait for the answer has to know its name at once.
    if (isStreamed) return this.stream(exchange, isBackground ? parts : await begun(parts), reply);
    if (!isBackground) for await (const part of parts) if (part.type === 'finish') break;
    await reply.send(await this.responses.read(owner, responseIdOf(exchange.id)));
  }

  private async stream(
    exchange: Exchange,
    parts: AsyncIterable<ModelPart>,
    reply: FastifyReply,
    after = -1,
  ): Promise<void> {
    const { gatewayKeepAliveMs: keepAliveMs, gatewayStallMs: stallMs } = this.settings;
    const stream = new AnswerStream(reply.raw, { keepAliveMs, stallMs }, () => keepAlive);
    reply.hijack();
    stream.open(reply.getHeaders() as OutgoingHttpHeaders);
    try {
      for await (const events of eventsFrom(exchange, parts)) {
        const full = stream.write(frames(events.filter(({ sequence_number: number }) => number > after)));
        if (full) await full;
      }
      await stream.end();
    } catch {
      // Nothing is over but this connection: whoever is still there sees it break, and asks for the rest.
      stream.stop();
      reply.raw.destroy();
    }
  }
}

function contextIn({ headers }: FastifyRequest): string | undefined {
  const context = headers[recordHeader.toLowerCase()];
  return context === undefined ? undefined : String(context);
}

/** What the exchange is to those who do not speak Responses. */
const namesOf = ({ context_id, run_id, message_id }: Exchange): Record<string, string> => ({
  'x-pullcord-context': context_id,
  'x-pullcord-run': run_id,
  'x-pullcord-message': message_id,
});

/** The parts, once there is one. Throws what they throw before that. */
async function begun(parts: AsyncIterable<ModelPart>): Promise<AsyncIterable<ModelPart>> {
  const rest = parts[Symbol.asyncIterator]();
  const first = await rest.next();
  return (async function* () {
    try {
      for (let next = first; !next.done; next = await rest.next()) yield next.value;
    } finally {
      await rest.return?.();
    }
  })();
}

async function refuse(error: unknown, reply: FastifyReply): Promise<void> {
  if (error instanceof ClientGone) return;
  if (!(error instanceof ExchangeFailed)) throw error;
  const failure = convertExchangeFailure(error);
  await reply.status(failure.status).send(codec.errorBody(failure));
}
