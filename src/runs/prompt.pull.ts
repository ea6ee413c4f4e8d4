import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import type { Context } from '../contexts/context-row.js';
import type { BranchId } from '../kernel/ids.js';
import { mapToPrompt } from '../messages/map-to-prompt.js';
import { MessagesPull } from '../messages/messages.pull.js';
import type { PromptMessage } from '../providers/language-model.js';

/** Reads what the model is sent of a branch: its newest messages, as many as the settings allow. */
@Injectable()
export class PromptPull {
  constructor(
    private readonly messages: MessagesPull,
    private readonly settings: Settings,
  ) {}

  async messagesOf(context: Context, branch: BranchId): Promise<readonly PromptMessage[]> {
    const limit = this.settings.promptMaxMessages;
    const { messages } = await this.messages.page(context.id, context.owner, { branch, limit });
    return mapToPrompt(messages, { systemPrompt: context.config.system_prompt });
  }
}
