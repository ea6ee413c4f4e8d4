import { Module } from '@nestjs/common';
import { ContextsModule } from '../contexts/contexts.module.js';
import { EventsController } from './events.controller.js';
import { Subscriptions } from './subscriptions.js';

@Module({ imports: [ContextsModule], controllers: [EventsController], providers: [Subscriptions] })
export class SubscriptionsModule {}
