import { Injectable, Logger } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Settings } from '../config/settings.js';
import { ownerOf } from '../http/access.guard.js';
import { bytesOf } from '../http/json-body.js';
import { Clock } from '../kernel/clock.js';
import { DomainError } from '../kernel/domain-error.js';
import { newId } from '../kernel/ids.js';
import { bytesOfRequest, previewOf } from '../metering/answer-meter.js';
import { RateLimited } from '../metering/limits/rate-limited.js';
import { ModelCalls } from '../metering/model-calls.js';
import type { ModelRequest } from '../providers/language-model.js';
import { ModelError } from '../providers/model-error.js';
import { ModelRegistry, type Candidate } from '../providers/model-registry.js';
import { canTake, isSkippable } from '../providers/skip-policy.js';
import type { Asked, BegunAnswer } from './asked.js';
import { convertFailure, unforeseen } from './convert-failure.js';
import type { Codec, GatewayCall } from './dialects/codec.js';
import type { GatewayFailure } from './dialects/gateway-failure.js';
import { fitRequest, lacksOf } from './fit-request-policy.js';
import { ClientGone, OpenCalls } from './open-calls.js';
import { beginRelayed } from './relayed-answer.js';
import { TranslatedAnswer } from './translated-answer.js';
import { UpstreamRefusal } from './upstream-refusal.js';

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
    const candidates = this.registry.candidates(call.model);
    const abort = this.openCalls.begin(reply);
    const request = requestOf(call);
    const request_bytes = request ? bytesOfRequest(request) : bytesOf(reply.request).length;
    try {
      const target = { model: candidates[0].id, ...(request && { preview: previewOf(request) }) };
      const scope = { owner: ownerOf(reply.request), context_id: null, purpose: 'gateway' } as const;
      const permit = await this.calls.open(scope, target, abort);
      void reply.headers(permit.headers);
      await this.send(
        this.asked(codec, call, { reply, permit, abort, request_bytes }),
        candidates,
        request_bytes,
      );
    } catch (error) {
      await this.refuse(error, codec, reply);
    }
  }

  private async send<Call extends GatewayCall>(
    asked: Asked<Call>,
    candidates: readonly [Candidate, ...Candidate[]],
    request_bytes: number,
  ): Promise<void> {
    let begun: BegunAnswer | undefined;
    try {
      begun = await this.begin(asked, candidates, request_bytes);
      await begun.send();
    } finally {
      await (begun ? begun.count() : asked.permit.done({}));
    }
  }

  private asked<Call extends GatewayCall>(
    codec: Codec<Call>,
    call: Call,
    {
      request_bytes,
      ...rest
    }: Pick<Asked, 'reply' | 'permit' | 'abort'> & { readonly request_bytes: number },
  ): Asked<Call> {
    const { gatewayKeepAliveMs: keepAliveMs, gatewayStallMs: stallMs, maxAnswerBytes } = this.settings;
    return {
      codec,
      call,
      ...rest,
      head: {
        id: newId().replaceAll('-', ''),
        model: call.model,
        created_at: this.clock.now(),
        input_tokens: Math.ceil(request_bytes / bytesOfToken),
      },
      limits: { keepAliveMs, stallMs, maxAnswerBytes },
      failureOf: (error) => this.failureOf(error, rest.reply),
    };
  }

  /** The first answer that begins. When none does, it fails as the first did. */
  private async begin<Call extends GatewayCall>(
    asked: Asked<Call>,
    [first, ...fallbacks]: readonly [Candidate, ...Candidate[]],
    request_bytes: number,
  ): Promise<BegunAnswer> {
    const skipped: string[] = [];
    let failure: unknown;
    for (const candidate of [first, ...fallbacks]) {
      try {
        if (candidate !== first && !canTake(candidate.facts, asked.call.request)) continue;
        const begun = await this.ask(
          candidate === first ? asked : inPlace(asked, candidate),
          candidate,
          request_bytes,
        );
        void asked.reply.header('x-pullcord-model', candidate.id);
        if (skipped.length > 0) void asked.reply.header('x-pullcord-skipped', skipped.join(', '));
        return begun;
      } catch (error) {
        failure ??= error;
        if (asked.abort.aborted) throw asked.abort.reason;
        if (!isSkippable(error) || !(error instanceof ModelError)) throw failure;
        skipped.push(`${candidate.id}; ${error.code}`);
      }
    }
    throw failure;
  }

  /** In its own words where its server has those of the caller. */
  private ask<Call extends GatewayCall>(
    asked: Asked<Call>,
    candidate: Candidate,
    request_bytes: number,
  ): Promise<BegunAnswer> {
    const { id, provider, facts } = candidate;
    const relay = candidate.relay(asked.codec.name);
    if (relay) return beginRelayed(asked, { relay, provider, request_bytes, now: this.clock.now() });
    const { request } = asked.call;
    const needs = lacksOf(request, facts);
    if (needs.length === 0) {
      const head = { ...asked.head, model: id };
      return TranslatedAnswer.begin({ ...asked, head }, candidate.model, fitRequest(request, facts));
    }
    const message = `The model ${id} lacks ${needs.join(' and ')}.`;
    throw new DomainError('model_incapable', message, { needs, model: id });
  }

  private async refuse(
    error: unknown,
    { errorBody }: Pick<Codec, 'errorBody'>,
    reply: FastifyReply,
  ): Promise<void> {
    if (error instanceof ClientGone) return;
    if (error instanceof DomainError) throw error;
    const failure = this.failureOf(error, reply);
    // All of it was said, and only then something went wrong.
    if (reply.sent) return;
    if (error instanceof RateLimited) void reply.headers(error.headers);
    if (failure.retry_after_s !== undefined) void reply.header('retry-after', failure.retry_after_s);
    const body = error instanceof UpstreamRefusal ? error.body : undefined;
    await reply.status(failure.status).send(body ?? errorBody(failure));
  }

  private failureOf(error: unknown, reply: FastifyReply): GatewayFailure {
    const failure = convertFailure(error);
    if (!failure) this.logger.error({ request_id: reply.request.id, err: error });
    return failure ?? unforeseen;
  }
}

/** What another model than the one that was asked uses is its own. */
function inPlace<Call extends GatewayCall>(asked: Asked<Call>, { id }: Candidate): Asked<Call> {
  const { headers, done } = asked.permit;
  return { ...asked, permit: { headers, done: (outcome) => done({ ...outcome, model: id }) } };
}

/** About as many as there are, for what nobody has counted. */
const bytesOfToken = 4;

/** Undefined where only the provider can read it. */
function requestOf(call: GatewayCall): ModelRequest | undefined {
  try {
    return call.request;
  } catch (error) {
    if (error instanceof DomainError) return undefined;
    throw error;
  }
}
