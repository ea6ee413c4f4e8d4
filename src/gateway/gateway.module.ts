import { Module } from '@nestjs/common';
import { MeteringModule } from '../metering/metering.module.js';
import { ProvidersModule } from '../providers/providers.module.js';
import { Answering } from './answering.js';
import { AnthropicController } from './anthropic.controller.js';
import { ChatCompletionsController } from './chat-completions.controller.js';
import { OpenCalls } from './open-calls.js';
import { PlainQuestions } from './questions/plain-questions.js';
import { QuestionsController } from './questions/questions.controller.js';

/** Programs that speak OpenAI's or Anthropic's dialects, answered by any model. */
@Module({
  imports: [ProvidersModule, MeteringModule],
  providers: [Answering, PlainQuestions, OpenCalls],
  controllers: [ChatCompletionsController, AnthropicController, QuestionsController],
  exports: [Answering, OpenCalls],
})
export class GatewayModule {}
