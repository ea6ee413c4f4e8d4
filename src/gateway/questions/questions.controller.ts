import { Body, Controller, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { RateLimited } from '../../metering/limits/rate-limited.js';
import { ModelError } from '../../providers/model-error.js';
import { convertFailure } from '../convert-failure.js';
import { chatCompletionsCodec } from '../dialects/chat-completions/chat-completions-codec.js';
import type { Codec } from '../dialects/codec.js';
import { messagesCodec } from '../dialects/messages/messages-codec.js';
import { GatewayRoute } from '../gateway-route.js';
import { ClientGone } from '../open-calls.js';
import { UpstreamRefusal } from '../upstream-refusal.js';
import { PlainQuestions } from './plain-questions.js';

/** What programs ask of OpenAI and Anthropic beside answers. */
@Controller()
export class QuestionsController {
  constructor(private readonly questions: PlainQuestions) {}

  @Post(['messages/count_tokens', 'v1/messages/count_tokens'])
  @GatewayRoute(messagesCodec)
  countTokens(@Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    return this.questions.countTokens(body, reply).catch(refusal(messagesCodec, reply));
  }

  @Post(['embeddings', 'v1/embeddings'])
  @GatewayRoute(chatCompletionsCodec)
  embed(@Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    return this.questions.embed(body, reply).catch(refusal(chatCompletionsCodec, reply));
  }
}

/** Tells the caller what the provider has said, or why it said nothing; whatever else went wrong is for the filter. */
const refusal =
  ({ errorBody }: Pick<Codec, 'errorBody'>, reply: FastifyReply) =>
  async (error: unknown): Promise<void> => {
    if (error instanceof ClientGone) return;
    const failure = error instanceof ModelError ? convertFailure(error) : undefined;
    if (!failure || reply.sent) throw error;
    if (error instanceof RateLimited) void reply.headers(error.headers);
    if (failure.retry_after_s !== undefined) void reply.header('retry-after', failure.retry_after_s);
    const body = error instanceof UpstreamRefusal ? error.body : undefined;
    await reply.status(failure.status).send(body ?? errorBody(failure));
  };
