import { Module } from '@nestjs/common';
import { ContextsModule } from '../contexts/contexts.module.js';
import { MessageFollowers } from './message-followers.js';
import { MessageStore } from './message.store.js';
import { MessagesController } from './messages.controller.js';
import { MessageTexts } from './message-texts.js';
import { MessagesPull } from './messages.pull.js';

@Module({
  imports: [ContextsModule],
  controllers: [MessagesController],
  providers: [MessageStore, MessageFollowers, MessagesPull, MessageTexts],
  exports: [MessageStore, MessageFollowers, MessagesPull, ContextsModule],
})
export class MessagesModule {}
