import { Module } from '@nestjs/common';
import { ProvidersModule } from '../providers/providers.module.js';
import { ToolsModule } from '../tools/tools.module.js';
import { BranchStore } from './branch.store.js';
import { ConfigCheck } from './config-check.js';
import { ContextFollowers } from './context-followers.js';
import { ContextStore } from './context.store.js';
import { ContextsController } from './contexts.controller.js';
import { ContextsPull } from './contexts.pull.js';
import { ContextsService } from './contexts.service.js';

@Module({
  imports: [ProvidersModule, ToolsModule],
  controllers: [ContextsController],
  providers: [ContextStore, ContextFollowers, BranchStore, ContextsPull, ConfigCheck, ContextsService],
  exports: [ContextStore, ContextFollowers, BranchStore, ContextsPull, ConfigCheck],
})
export class ContextsModule {}
