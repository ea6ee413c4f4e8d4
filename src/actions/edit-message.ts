import { Injectable } from '@nestjs/common';
import { BranchStore, type ForkPoint } from '../contexts/branch.store.js';
import { ContextStore } from '../contexts/context.store.js';
import type { Context } from '../contexts/context-row.js';
import { readTree } from '../contexts/read-tree.js';
import { refuseBusy } from '../contexts/refusals.js';
import { DomainError } from '../kernel/domain-error.js';
import { newId, type BranchId, type ContextId, type MessageId, type Owner } from '../kernel/ids.js';
import { forkPointAt, lineWith } from '../messages/branch-line.js';
import { messageNotFound } from '../messages/message-not-found.js';
import type { MessageEntity } from '../messages/message.entity.js';
import { Runner } from '../runs/runner.js';
import { TurnCheck } from '../runs/turn-check.js';
import { Turns } from '../runs/turns.js';
import type { RequestKey } from '../kernel/request-key.js';
import { Storage } from '../storage/storage.js';
import type { Tx } from '../storage/tx.js';
import { accepted, type RunAcceptedAnswer } from './run-accepted.js';
import { userMessage } from './user-message.js';

export interface EditMessageInput {
  readonly message_id: MessageId;
  readonly content: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

interface Fork {
  /** The branch whose line is left. */
  readonly on: BranchId;
  readonly from: ForkPoint | undefined;
}

/** Says a user's message in other words: on a new branch that forks before it, answered anew. The old one stays. */
@Injectable()
export class EditMessageCommand {
  constructor(
    private readonly storage: Storage,
    private readonly contexts: ContextStore,
    private readonly branches: BranchStore,
    private readonly turns: Turns,
    private readonly turnCheck: TurnCheck,
    private readonly runner: Runner,
  ) {}

  /** `context_busy` while a run is under way, `unprocessable` for a message that is not the user's. */
  async execute(
    id: ContextId,
    owner: Owner,
    input: EditMessageInput,
    key?: RequestKey,
  ): Promise<RunAcceptedAnswer> {
    this.runner.refuseWhileDraining();
    const message = userMessage(newId<MessageId>(), input);
    const tooLong = await this.turnCheck.roomProblem(input.content, { contextId: id, owner });
    const answer = await this.storage.commitOnce('edit_message', key, async (tx) => {
      const context = await this.contexts.lock(tx, id, owner);
      refuseBusy(context);
      const { on, from } = await forkPointBefore(tx, context, input.message_id);
      const { config } = await this.branches.get(tx, id, on);
      const branch = await this.branches.fork(tx, id, from, { config });
      this.turnCheck.require(context, branch, {});
      if (tooLong) throw tooLong;
      const shown = await this.contexts.update(tx, context, { active_branch: branch.id }, ['branches']);
      const begun = await this.turns.begin(tx, shown, { message, branch: branch.id, model: null });
      return accepted(begun, message.id);
    });
    this.runner.wake();
    return answer;
  }
}

/** Of the line that is shown, when the message is on it: what stands before it there may be borrowed. */
async function forkPointBefore(
  tx: Tx,
  { id: contextId, active_branch }: Context,
  id: MessageId,
): Promise<Fork> {
  const edited = await tx.get<Pick<MessageEntity, 'role' | 'branch' | 'depth'>>(
    `SELECT role, branch, depth FROM messages WHERE context_id = ? AND id = ?`,
    ...[contextId, id],
  );
  if (!edited) throw messageNotFound(id);
  if (edited.role !== 'user')
    throw new DomainError('unprocessable', 'Only a message of the user can be edited.');
  const found = lineWith(await readTree(tx, contextId), edited, [active_branch]);
  if (!found) throw messageNotFound(id);
  return { on: found.branch, from: await forkPointAt(tx, contextId, found.line, found.depth - 1) };
}
