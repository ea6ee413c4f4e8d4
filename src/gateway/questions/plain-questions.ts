import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Settings } from '../../config/settings.js';
import { ownerOf } from '../../http/access.guard.js';
import { Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import { ModelCalls } from '../../metering/model-calls.js';
import type { TokenUsage } from '../../providers/language-model.js';
import { RequestCounter } from '../../providers/counting/request-counter.js';
import { ModelError } from '../../providers/model-error.js';
import { ModelRegistry } from '../../providers/model-registry.js';
import type { Relay } from '../../providers/relay.js';
import { isSkippable } from '../../providers/skip-policy.js';
import { convertPrompt } from '../dialects/messages/convert-call.js';
import { WireField } from '../dialects/wire-field.js';
import { mapToTokenUsage } from '../map-to-token-usage.js';
import { OpenCalls } from '../open-calls.js';
import { passedOn } from '../relayed-answer.js';
import { UpstreamRefusal } from '../upstream-refusal.js';

/** What a provider's server has answered, whole. */
interface PlainAnswer {
  readonly contentType: string;
  readonly body: Buffer;
}

interface Question {
  readonly relay: Relay;
  readonly provider: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What is asked beside answers: how many tokens there are, and what a text is as numbers. */
@Injectable()
export class PlainQuestions {
  constructor(
    private readonly registry: ModelRegistry,
    private readonly calls: ModelCalls,
    private readonly counter: RequestCounter,
    private readonly openCalls: OpenCalls,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  /**
   * The tokens of a call to Messages, as the model's provider counts them; where it does not, or does not just now, as we
   * do, with `is_estimated`. Throws `invalid_request`, a DomainError or a ModelError.
   */
  async countTokens(body: unknown, reply: FastifyReply): Promise<void> {
    const field = new WireField(body);
    const [candidate] = this.registry.candidates(field.at('model').name());
    const abort = this.openCalls.begin(reply);
    const relay = candidate.relay('count_tokens');
    if (relay) {
      const question = { relay, provider: candidate.provider, body: field.object() };
      const answer = await this.ask(question, reply, abort).catch(unlessSkippable);
      if (answer) return send(answer, reply);
    }
    const request = { ...convertPrompt(field), parameters: {} };
    const { tokens, is_estimated } = await this.counter.countRequest(request, candidate.facts);
    await reply.send({ input_tokens: tokens, is_estimated });
  }

  /**
   * Passed on to the model's provider, and to no other: what two models make of a text cannot be compared. Throws
   * `invalid_request`, `model_incapable`, a DomainError or a ModelError.
   */
  async embed(body: unknown, reply: FastifyReply): Promise<void> {
    const field = new WireField(body);
    if (!field.at('input').isGiven) throw field.at('input').wrong('must be given');
    const [candidate] = this.registry.candidates(field.at('model').name());
    const { id: model, provider } = candidate;
    const relay = candidate.relay('embeddings');
    if (!relay)
      throw new DomainError('model_incapable', `The provider of ${model} makes no embeddings.`, {
        needs: ['embeddings'],
        model,
      });
    const abort = this.openCalls.begin(reply);
    const scope = { owner: ownerOf(reply.request), context_id: null, purpose: 'gateway' } as const;
    const permit = await this.calls.open(scope, { model }, abort);
    void reply.headers(permit.headers);
    let usage: TokenUsage | undefined;
    try {
      const answer = await this.ask({ relay, provider, body: field.object() }, reply, abort);
      usage = usageIn(answer);
      await permit.done(usage ? { usage } : {});
      await send(answer, reply);
    } finally {
      await permit.done({});
    }
  }

  private async ask(
    { relay, provider, body }: Question,
    { request }: FastifyReply,
    abort: AbortSignal,
  ): Promise<PlainAnswer> {
    const answer = await relay.send({ body, headers: passedOn(request.headers) }, abort);
    if (answer.status < 200 || answer.status >= 300)
      throw await UpstreamRefusal.read(answer, provider, this.clock.now());
    const contentType = String(answer.headers['content-type'] ?? 'application/json');
    return { contentType, body: await this.read(answer.body, provider) };
  }

  private async read(body: AsyncIterable<Buffer>, provider: string): Promise<Buffer> {
    const { maxAnswerBytes } = this.settings;
    const pieces: Buffer[] = [];
    let bytes = 0;
    // Leaving the loop closes the connection.
    for await (const piece of body) {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes > maxAnswerBytes)
        throw new ModelError(
          'content_too_large',
          `The provider "${provider}" sent more than ${maxAnswerBytes} bytes.`,
          { retryable: false },
        );
    }
    return Buffer.concat(pieces);
  }
}

const send = async ({ contentType, body }: PlainAnswer, reply: FastifyReply): Promise<void> => {
  await reply.type(contentType).send(body);
};

function unlessSkippable(error: unknown): undefined {
  if (isSkippable(error)) return undefined;
  throw error;
}

function usageIn({ body }: PlainAnswer): TokenUsage | undefined {
  try {
    return mapToTokenUsage('embeddings', JSON.parse(body.toString()));
  } catch {
    // Whatever it is, it is what the provider says.
    return undefined;
  }
}
