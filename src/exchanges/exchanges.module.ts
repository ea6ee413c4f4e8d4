import { Module } from '@nestjs/common';
import { MeteringModule } from '../metering/metering.module.js';
import { RunsModule } from '../runs/runs.module.js';
import { ConversationStore } from './conversations/conversation.store.js';
import { Conversations } from './conversations/conversations.service.js';
import { ConversationsPull } from './conversations/conversations.pull.js';
import { ItemRemoval } from './conversations/item-removal.js';
import { BeginExchange } from './begin-exchange.js';
import { EndExchange } from './end-exchange.js';
import { ExchangePlaces } from './exchange-places.js';
import { ExchangeTraces } from './exchange-traces.js';
import { Exchanges } from './exchanges.service.js';
import { ExchangesPull } from './exchanges.pull.js';
import { ExchangeRun } from './execution/exchange-run.js';
import { ExchangeUnits } from './execution/exchange-units.js';
import { FollowExchange } from './follow-exchange.js';
import { ExchangeHistory } from './items/exchange-history.js';
import { ItemStore } from './items/item.store.js';
import { ItemsPull } from './items/items.pull.js';
import { ExchangeStore } from './tables/exchange.store.js';

/** Calls to models that are recorded in contexts, and go on without whoever made them. */
@Module({
  imports: [MeteringModule, RunsModule],
  providers: [
    ExchangeStore,
    ItemStore,
    ItemsPull,
    ExchangesPull,
    ExchangePlaces,
    ExchangeTraces,
    ExchangeHistory,
    ExchangeUnits,
    ExchangeRun,
    BeginExchange,
    EndExchange,
    FollowExchange,
    Exchanges,
    ConversationStore,
    ConversationsPull,
    ItemRemoval,
    Conversations,
  ],
  exports: [Exchanges, Conversations],
})
export class ExchangesModule {}
