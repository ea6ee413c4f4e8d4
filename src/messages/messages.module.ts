import { Module } from '@nestjs/common';
import { ContextsModule } from '../contexts/contexts.module.js';
import { ComparePull } from './compare.pull.js';
import { LastingMessagesPull } from './lasting-messages.pull.js';
import { MessageFollowers } from './message-followers.js';
import { MessageStore } from './message.store.js';
import { MessagesController } from './messages.controller.js';
import { MessageTexts } from './message-texts.js';
import { PoolSweep } from './pool-sweep.js';
import { MessagesPull } from './messages.pull.js';
import { PinStore } from './pin.store.js';
import { PinsController } from './pins.controller.js';
import { PinsService } from './pins.service.js';

@Module({
  imports: [ContextsModule],
  controllers: [MessagesController, PinsController],
  providers: [
    MessageStore,
    MessageFollowers,
    MessagesPull,
    LastingMessagesPull,
    MessageTexts,
    PinStore,
    PinsService,
    PoolSweep,
    ComparePull,
  ],
  exports: [
    MessageStore,
    MessageFollowers,
    MessagesPull,
    LastingMessagesPull,
    PoolSweep,
    ComparePull,
    PinStore,
    ContextsModule,
  ],
})
export class MessagesModule {}
