import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { contextOnBranch } from '../../contexts/branch-config.js';
import type { BranchEntity } from '../../contexts/branch.entity.js';
import type { ContextEntity } from '../../contexts/context.entity.js';
import { contextColumns, readContext, type Context } from '../../contexts/context-row.js';
import type { BranchId, ContextId } from '../../kernel/ids.js';
import type { Message } from '../../messages/message-kinds.js';
import { readMessage } from '../../messages/message-row.js';
import { MessagesPull } from '../../messages/messages.pull.js';
import { Storage } from '../../storage/storage.js';

/** Reads what a prompt is made of: the context, and the newest messages of a branch, as many as the settings allow. */
@Injectable()
export class PromptPull {
  constructor(
    private readonly storage: Storage,
    private readonly messages: MessagesPull,
    private readonly settings: Settings,
  ) {}

  /** The context with the config that it has on this branch, not to be written; undefined when it was deleted. */
  async contextOn(id: ContextId, branch: BranchId): Promise<Context | undefined> {
    const sql = `SELECT ${contextColumns} FROM contexts WHERE id = ?`;
    const row = await this.storage.reads.get<ContextEntity>(sql, id);
    const own = await this.storage.reads.get<Pick<BranchEntity, 'config'>>(
      `SELECT config FROM branches WHERE context_id = ? AND id = ?`,
      ...[id, branch],
    );
    return row && contextOnBranch(readContext(row), own);
  }

  async messagesOf(context: Context, branch: BranchId): Promise<readonly Message[]> {
    const limit = this.settings.promptMaxMessages;
    const { messages } = await this.messages.page(context.id, context.owner, { branch, limit });
    return messages.map(readMessage);
  }
}
