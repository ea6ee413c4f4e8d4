import { Injectable } from '@nestjs/common';
import { BranchStore, type ForkPoint } from '../contexts/branch.store.js';
import { ContextStore } from '../contexts/context.store.js';
import { refuseBusy } from '../contexts/refusals.js';
import { DomainError } from '../kernel/domain-error.js';
import { newId, type ContextId, type MessageId, type Owner } from '../kernel/ids.js';
import { messageNotFound } from '../messages/message-not-found.js';
import type { MessageEntity } from '../messages/message.entity.js';
import { Runner } from '../runs/runner.js';
import { Turns } from '../runs/turns.js';
import type { RequestKey } from '../kernel/request-key.js';
import { Storage } from '../storage/storage.js';
import type { Tx } from '../storage/tx.js';
import { accepted, type RunAcceptedAnswer } from './run-accepted.js';
import { userMessage } from './user-message.js';

/** Says a user's message in other words: on a new branch that forks before it, answered anew. The old one stays. */
@Injectable()
export class EditMessageCommand {
  constructor(
    private readonly storage: Storage,
    private readonly contexts: ContextStore,
    private readonly branches: BranchStore,
    private readonly turns: Turns,
    private readonly runner: Runner,
  ) {}

  /** `context_busy` while a run is under way, `unprocessable` for a message that is not the user's. */
  async execute(
    id: ContextId,
    owner: Owner,
    input: { readonly message_id: MessageId; readonly content: string },
    key?: RequestKey,
  ): Promise<RunAcceptedAnswer> {
    this.runner.refuseWhileDraining();
    const message = userMessage(newId<MessageId>(), input);
    const answer = await this.storage.commitOnce('edit_message', key, async (tx) => {
      const context = await this.contexts.lock(tx, id, owner);
      refuseBusy(context);
      const branch = await this.branches.fork(tx, id, await forkPointBefore(tx, id, input.message_id));
      const shown = await this.contexts.update(tx, context, { active_branch: branch.id });
      const begun = await this.turns.begin(tx, shown, { message, branch: branch.id, model: null });
      return accepted(begun, message.id);
    });
    this.runner.wake();
    return answer;
  }
}

async function forkPointBefore(tx: Tx, contextId: ContextId, id: MessageId): Promise<ForkPoint | undefined> {
  const find = (messageId: MessageId) =>
    tx.get<Pick<MessageEntity, 'id' | 'role' | 'branch' | 'depth' | 'parent_id'>>(
      `SELECT id, role, branch, depth, parent_id FROM messages WHERE context_id = ? AND id = ?`,
      ...[contextId, messageId],
    );
  const edited = await find(id);
  if (!edited) throw messageNotFound(id);
  if (edited.role !== 'user')
    throw new DomainError('unprocessable', 'Only a message of the user can be edited.');
  const parent = edited.parent_id && (await find(edited.parent_id));
  return parent ? { branch: parent.branch, depth: parent.depth, message_id: parent.id } : undefined;
}
