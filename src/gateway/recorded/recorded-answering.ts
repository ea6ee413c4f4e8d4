import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Settings } from '../../config/settings.js';
import { ExchangeFailed } from '../../exchanges/exchange-failed.js';
import type { BegunExchange } from '../../exchanges/exchange-kinds.js';
import { Exchanges } from '../../exchanges/exchanges.service.js';
import { newMessages } from '../../exchanges/new-messages-policy.js';
import { ownerOf } from '../../http/access.guard.js';
import { DomainError } from '../../kernel/domain-error.js';
import type { Owner } from '../../kernel/ids.js';
import { bytesOfRequest } from '../../metering/answer-meter.js';
import { ModelRegistry } from '../../providers/model-registry.js';
import { Answering } from '../answering.js';
import type { AnswerHead, Codec, GatewayCall } from '../dialects/codec.js';
import { fitRequest, lacksOf } from '../fit-request-policy.js';
import { ClientGone, OpenCalls } from '../open-calls.js';
import { convertExchangeFailure } from '../responses/convert-exchange.js';
import { contextIn, type RecordedPlace } from './context-header.js';
import { RecordedAnswer } from './recorded-answer.js';

/**
 * Answers calls, and records those that name a context in `X-Pullcord-Context`: what the call adds to the conversation
 * becomes messages, and its answer is a run that goes on without the caller, who follows it like anybody else.
 */
@Injectable()
export class RecordedAnswering {
  constructor(
    private readonly answering: Answering,
    private readonly exchanges: Exchanges,
    private readonly registry: ModelRegistry,
    private readonly openCalls: OpenCalls,
    private readonly settings: Settings,
  ) {}

  /** Sends the whole answer. Throws a DomainError while nothing was sent. */
  async answer<Call extends GatewayCall>(codec: Codec<Call>, call: Call, reply: FastifyReply): Promise<void> {
    const place = contextIn(reply.request.headers);
    if (place === undefined) return this.answering.answer(codec, call, reply);
    const abort = this.openCalls.begin(reply);
    const owner = ownerOf(reply.request);
    const begun = await this.begin(owner, codec, call, place);
    void reply.headers(namesOf(begun));
    try {
      const head = await this.headOf(owner, begun, call);
      const parts = this.exchanges.follow(owner, begun.id, abort);
      const { gatewayKeepAliveMs: keepAliveMs, gatewayStallMs: stallMs } = this.settings;
      const answer = new RecordedAnswer({
        codec,
        call,
        head,
        reply,
        parts,
        limits: { keepAliveMs, stallMs },
      });
      await answer.send();
    } catch (error) {
      await refuse(error, codec, reply);
    }
  }

  /** A context that is there has all that the caller says again; what is new stands behind the last answer. */
  private begin<Call extends GatewayCall>(
    owner: Owner,
    { name }: Codec<Call>,
    call: Call,
    context: RecordedPlace,
  ): Promise<BegunExchange> {
    const { id, facts } = this.registry.resolve(call.model);
    const needs = lacksOf(call.request, facts);
    if (needs.length > 0)
      throw new DomainError('model_incapable', `The model ${id} lacks ${needs.join(' and ')}.`, {
        needs,
        model: id,
      });
    const request = fitRequest(call.request, facts);
    const added = context === 'new' ? request.messages : newMessages(request.messages);
    const inputs = added.map((prompt) => ({ prompt }));
    return this.exchanges.begin(owner, { context, model: call.model, request, inputs, dialect: name });
  }

  private async headOf(
    owner: Owner,
    { id }: BegunExchange,
    { model, request }: GatewayCall,
  ): Promise<AnswerHead> {
    const { created_at } = await this.exchanges.get(owner, id);
    return {
      id: id.replaceAll('-', ''),
      model: this.registry.resolve(model).id,
      created_at,
      input_tokens: Math.ceil(bytesOfRequest(request) / bytesOfToken),
    };
  }
}

async function refuse(error: unknown, codec: Pick<Codec, 'errorBody'>, reply: FastifyReply): Promise<void> {
  if (error instanceof ClientGone) return;
  if (!(error instanceof ExchangeFailed)) throw error;
  const failure = convertExchangeFailure(error);
  await reply.status(failure.status).send(codec.errorBody(failure));
}

const namesOf = ({ context_id, run_id, message_id }: BegunExchange): Record<string, string> => ({
  'x-pullcord-context': context_id,
  'x-pullcord-run': run_id,
  'x-pullcord-message': message_id,
});

/** About as many as there are, for what nobody has counted. */
const bytesOfToken = 4;
