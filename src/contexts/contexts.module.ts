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
import { SystemPromptStore } from './system-prompts/system-prompt.store.js';
import { SystemPromptTexts } from './system-prompts/system-prompt-texts.js';
import { SystemPromptsController } from './system-prompts/system-prompts.controller.js';
import { SystemPromptsPull } from './system-prompts/system-prompts.pull.js';
import { SystemPromptsService } from './system-prompts/system-prompts.service.js';

@Module({
  imports: [ProvidersModule, ToolsModule],
  controllers: [ContextsController, SystemPromptsController],
  providers: [
    ContextStore,
    ContextFollowers,
    BranchStore,
    ContextsPull,
    ConfigCheck,
    ContextsService,
    SystemPromptStore,
    SystemPromptsPull,
    SystemPromptsService,
    SystemPromptTexts,
  ],
  exports: [ContextStore, ContextFollowers, BranchStore, ContextsPull, ConfigCheck, SystemPromptTexts],
})
export class ContextsModule {}
