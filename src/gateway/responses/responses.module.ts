import { Module } from '@nestjs/common';
import { ExchangesModule } from '../../exchanges/exchanges.module.js';
import { GatewayModule } from '../gateway.module.js';
import { AnswerResponse } from './answer-response.js';
import { BeginResponse } from './begin-response.js';
import { ItemReferences } from './item-references.js';
import { ResponsesController } from './responses.controller.js';
import { StoredResponses } from './stored-responses.js';

/** OpenAI's Responses and what of them is stored. */
@Module({
  imports: [GatewayModule, ExchangesModule],
  providers: [AnswerResponse, BeginResponse, ItemReferences, StoredResponses],
  controllers: [ResponsesController],
})
export class ResponsesModule {}
