import { Injectable, Logger } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Settings } from '../config/settings.js';
import { ownerOf } from '../http/access.guard.js';
import { Clock } from '../kernel/clock.js';
import { DomainError } from '../kernel/domain-error.js';
import { newId } from '../kernel/ids.js';
import { bytesOfRequest, previewOf } from '../metering/answer-meter.js';
import { ModelCalls } from '../metering/model-calls.js';
import { ModelRegistry, type ResolvedModel } from '../providers/model-registry.js';
import type { Asked, BegunAnswer } from './asked.js';
import { convertFailure, unforeseen } from './convert-failure.js';
import type { Codec, GatewayCall } from './dialects/codec.js';
import type { GatewayFailure } from './dialects/gateway-failure.js';
import { fitRequest, lacksOf } from './fit-request-policy.js';
import { ClientGone, OpenCalls } from './open-calls.js';
import { TranslatedAnswer } from './translated-answer.js';

/**
 * Answers calls in any dialect by any model. The models that may answer are asked in turn until one gives its first
 * piece; what goes wrong before that is a status, and later it is said in the stream. One permit for all of it.
 */
@Injectable()
export class Answering {
  private readonly logger = new Logger('gateway');

  constructor(
    private readonly registry: ModelRegistry,
    private readonly calls: ModelCalls,
    private readonly openCalls: OpenCalls,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  /** Sends the whole answer. Throws a DomainError while nothing was sent. */
  async answer<Call extends GatewayCall>(codec: Codec<Call>, call: Call, reply: FastifyReply): Promise<void> {
    const candidate = this.registry.resolve(call.model);
    const abort = this.openCalls.begin(reply);
    const scope = { owner: ownerOf(reply.request), context_id: null, purpose: 'gateway' } as const;
    let begun: BegunAnswer | undefined;
    const target = { model: candidate.id, preview: previewOf(call.request) };
    const permit = await this.calls.open(scope, target, abort);
    const { gatewayKeepAliveMs: keepAliveMs, gatewayStallMs: stallMs, maxAnswerBytes } = this.settings;
    const asked: Asked<Call> = {
      codec,
      call,
      reply,
      permit,
      abort,
      head: {
        id: newId().replaceAll('-', ''),
        model: candidate.id,
        created_at: this.clock.now(),
        input_tokens: Math.ceil(bytesOfRequest(call.request) / 4),
      },
      limits: { keepAliveMs, stallMs, maxAnswerBytes },
      failureOf: (error) => this.failureOf(error, reply),
    };
    try {
      begun = await this.begin(asked, candidate);
      await begun.send();
    } catch (error) {
      await this.refuse(error, asked);
    } finally {
      await permit.done(begun?.outcome ?? {});
    }
  }

  private begin<Call extends GatewayCall>(
    asked: Asked<Call>,
    { id, model, facts }: ResolvedModel,
  ): Promise<BegunAnswer> {
    const { request } = asked.call;
    const needs = lacksOf(request, facts);
    if (needs.length > 0)
      throw new DomainError('model_incapable', `The model ${id} lacks ${needs.join(' and ')}.`, {
        needs,
        model: id,
      });
    return TranslatedAnswer.begin(asked, model, fitRequest(request, facts));
  }

  private async refuse(error: unknown, { codec, reply, permit }: Asked): Promise<void> {
    if (error instanceof ClientGone) return;
    if (error instanceof DomainError) throw error;
    const failure = this.failureOf(error, reply);
    if (failure.retry_after_s !== undefined) void reply.header('retry-after', failure.retry_after_s);
    await reply.status(failure.status).headers(permit.headers).send(codec.errorBody(failure));
  }

  private failureOf(error: unknown, reply: FastifyReply): GatewayFailure {
    const failure = convertFailure(error);
    if (!failure) this.logger.error({ request_id: reply.request.id, err: error });
    return failure ?? unforeseen;
  }
}
