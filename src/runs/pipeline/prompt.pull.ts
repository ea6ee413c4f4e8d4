import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { contextOnBranch } from '../../contexts/branch-config.js';
import type { BranchEntity } from '../../contexts/branch.entity.js';
import type { ContextEntity } from '../../contexts/context.entity.js';
import { contextColumns, readContext, type Context } from '../../contexts/context-row.js';
import type { BranchId, ContextId, MessageId, Owner } from '../../kernel/ids.js';
import type { Message } from '../../messages/message-kinds.js';
import { readMessage } from '../../messages/message-row.js';
import { LastingMessagesPull } from '../../messages/lasting-messages.pull.js';
import { withPinned } from '../../messages/prompt/map-summaries.js';
import { MessagesPull } from '../../messages/messages.pull.js';
import { Storage } from '../../storage/storage.js';

/** What a model could be sent of a branch. */
export interface History {
  /** The newest messages, as many as the settings allow; before them what is sent however old it is. */
  readonly messages: readonly Message[];
  /** What is pinned, each call with its results. */
  readonly pinned: ReadonlySet<MessageId>;
}

/** Reads what a prompt is made of: the context, and the newest messages of a branch, as many as the settings allow. */
@Injectable()
export class PromptPull {
  constructor(
    private readonly storage: Storage,
    private readonly messages: MessagesPull,
    private readonly lasting: LastingMessagesPull,
    private readonly settings: Settings,
  ) {}

  /**
   * The context with the config that it has on this branch, the active one by default; not to be written. Undefined when
   * it was deleted.
   */
  async contextOn(id: ContextId, branch?: BranchId): Promise<Context | undefined> {
    const sql = `SELECT ${contextColumns} FROM contexts WHERE id = ?`;
    const row = await this.storage.reads.get<ContextEntity>(sql, id);
    if (!row) return undefined;
    const own = await this.storage.reads.get<Pick<BranchEntity, 'config'>>(
      `SELECT config FROM branches WHERE context_id = ? AND id = ?`,
      ...[id, branch ?? row.active_branch],
    );
    return contextOnBranch(readContext(row), own);
  }

  /** The same for a person, on the active branch by default; undefined also for what `owner` may not see. */
  async contextFor(id: ContextId, owner: Owner, branch?: BranchId): Promise<Context | undefined> {
    const sql = `SELECT active_branch FROM contexts WHERE id = ? AND owner = ?`;
    const row = await this.storage.reads.get<Pick<ContextEntity, 'active_branch'>>(sql, id, owner);
    return row && this.contextOn(id, branch ?? row.active_branch);
  }

  /** `branch_not_found`. */
  async historyOf(context: Context, branch: BranchId): Promise<History> {
    const limit = this.settings.promptMaxMessages;
    const { messages } = await this.messages.page(context.id, context.owner, { branch, limit });
    const newest = messages.map(readMessage);
    const lasting = await this.lasting.ofBranch(context, branch);
    const there = new Set(newest.map(({ id }) => id));
    const all = [...lasting.messages.filter(({ id }) => !there.has(id)), ...newest];
    return { messages: all, pinned: withPinned(all, lasting.pinned) };
  }
}
