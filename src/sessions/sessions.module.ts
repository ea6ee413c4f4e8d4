import { Module } from '@nestjs/common';
import { ContextsModule } from '../contexts/contexts.module.js';
import { SessionController } from './session.controller.js';
import { SessionFollowers } from './session-followers.js';
import { SessionStore } from './session.store.js';
import { SessionsPull } from './sessions.pull.js';
import { SessionsService } from './sessions.service.js';

/** What the devices of an owner share. */
@Module({
  imports: [ContextsModule],
  controllers: [SessionController],
  providers: [SessionStore, SessionsPull, SessionsService, SessionFollowers],
})
export class SessionsModule {}
