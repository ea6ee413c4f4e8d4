import { Module } from '@nestjs/common';
import { ExchangesModule } from '../exchanges/exchanges.module.js';
import { MeteringModule } from '../metering/metering.module.js';
import { ProvidersModule } from '../providers/providers.module.js';
import { Answering } from './answering.js';
import { AnthropicController } from './anthropic.controller.js';
import { ChatCompletionsController } from './chat-completions.controller.js';
import { OpenCalls } from './open-calls.js';
import { PlainQuestions } from './questions/plain-questions.js';
import { QuestionsController } from './questions/questions.controller.js';
import { RecordedAnswering } from './recorded/recorded-answering.js';
import { TokenController } from './token/token.controller.js';

/** Programs that speak OpenAI's or Anthropic's dialects, answered by any model. */
@Module({
  imports: [ProvidersModule, MeteringModule, ExchangesModule],
  providers: [Answering, RecordedAnswering, PlainQuestions, OpenCalls],
  controllers: [ChatCompletionsController, AnthropicController, QuestionsController, TokenController],
  exports: [Answering, OpenCalls],
})
export class GatewayModule {}
