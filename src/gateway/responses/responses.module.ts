import { Module } from '@nestjs/common';
import { ExchangesModule } from '../../exchanges/exchanges.module.js';
import { ProvidersModule } from '../../providers/providers.module.js';
import { RetentionModule } from '../../retention/retention.module.js';
import { GatewayModule } from '../gateway.module.js';
import { AnswerResponse } from './answer-response.js';
import { BeginResponse } from './begin-response.js';
import { ConversationItems } from './conversation-items.js';
import { ConversationsController } from './conversations.controller.js';
import { ItemReferences } from './item-references.js';
import { ResponsesController } from './responses.controller.js';
import { StoredResponses } from './stored-responses.js';

/** OpenAI's Responses and what of them is stored. */
@Module({
  imports: [GatewayModule, ExchangesModule, ProvidersModule, RetentionModule],
  providers: [AnswerResponse, BeginResponse, ConversationItems, ItemReferences, StoredResponses],
  controllers: [ResponsesController, ConversationsController],
})
export class ResponsesModule {}
