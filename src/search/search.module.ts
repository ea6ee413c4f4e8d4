import { Module } from '@nestjs/common';
import { ContextsModule } from '../contexts/contexts.module.js';
import { MessageFollowers } from '../messages/message-followers.js';
import { MessagesModule } from '../messages/messages.module.js';
import { Indexer } from './indexer.js';
import { SearchController } from './search.controller.js';
import { SearchPull } from './search.pull.js';
import { SearchStore } from './search.store.js';

/** Search through all messages. It follows the pools: nobody else writes its index. */
@Module({
  imports: [ContextsModule, MessagesModule],
  controllers: [SearchController],
  providers: [SearchPull, SearchStore, Indexer],
})
export class SearchModule {
  constructor(followers: MessageFollowers, store: SearchStore) {
    followers.add(store);
  }
}
