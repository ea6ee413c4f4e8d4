import { Injectable } from '@nestjs/common';
import { BranchStore } from '../contexts/branch.store.js';
import { ContextStore } from '../contexts/context.store.js';
import type { Context } from '../contexts/context-row.js';
import { readTree } from '../contexts/read-tree.js';
import { illegalTransition } from '../contexts/refusals.js';
import type { BranchId, MessageId } from '../kernel/ids.js';
import { forkPointAt, lengthOf, lineWith, type OnLine, type StoredPlace } from '../messages/branch-line.js';
import { messageNotFound } from '../messages/message-not-found.js';
import type { Tx } from '../storage/tx.js';

/** Where a conversation goes on. */
export interface Place {
  /** With the branch as its active one. */
  readonly context: Context;
  readonly branch: BranchId;
  /** The message that stands there last; null at the beginning. */
  readonly head: MessageId | null;
}

/** Finds where to go on behind a message, and makes a branch of it where it must. */
@Injectable()
export class ExchangePlaces {
  constructor(
    private readonly contexts: ContextStore,
    private readonly branches: BranchStore,
  ) {}

  /** Without `after`, behind the head of the active branch. `message_not_found` also for one that no branch has. */
  async find(tx: Tx, context: Context, after: MessageId | undefined): Promise<Place> {
    if (context.state.type === 'archived') throw illegalTransition(context, 'a new message');
    const active = await this.branches.get(tx, context.id, context.active_branch);
    const head = active.head_message_id;
    if (after === undefined || after === head) return { context, branch: active.id, head };
    const { branch, line, depth } = await this.onLine(tx, context, after);
    const from = await forkPointAt(tx, context.id, line, depth);
    const isHead = depth === lengthOf(line);
    const { config } = await this.branches.get(tx, context.id, branch);
    const next = isHead ? branch : (await this.branches.fork(tx, context.id, from, { config })).id;
    const shown = await this.contexts.update(tx, context, { active_branch: next }, ['branches']);
    return { context: shown, branch: next, head: after };
  }

  private async onLine(tx: Tx, context: Context, id: MessageId): Promise<OnLine> {
    const sql = `SELECT branch, depth FROM messages WHERE context_id = ? AND id = ?`;
    const place = await tx.get<StoredPlace>(sql, context.id, id);
    const heads = `SELECT id FROM branches WHERE context_id = ? AND head_message_id = ? AND deleted_at IS NULL`;
    const ending = await tx.all<{ id: BranchId }>(heads, context.id, id);
    const preferred = [...ending.map((branch) => branch.id), context.active_branch];
    const found = place && lineWith(await readTree(tx, context.id), place, preferred);
    if (!found) throw messageNotFound(id);
    return found;
  }
}
