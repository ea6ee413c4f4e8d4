import { Injectable } from '@nestjs/common';
import { BranchStore, type Branch } from '../../contexts/branch.store.js';
import { ContextStore } from '../../contexts/context.store.js';
import type { Context } from '../../contexts/context-row.js';
import { readTree } from '../../contexts/read-tree.js';
import { illegalTransition, refuseBusy } from '../../contexts/refusals.js';
import type { ContextId, MessageId, Owner, RunId } from '../../kernel/ids.js';
import {
  cut,
  depthOn,
  forkPointAt,
  lengthOf,
  messageAt,
  type Segment,
  type StoredPlace,
} from '../../messages/branch-line.js';
import { countOf, toParts } from '../../messages/merge-lines.js';
import { messageNotFound } from '../../messages/message-not-found.js';
import { MessageStore } from '../../messages/message.store.js';
import { PoolSweep } from '../../messages/pool-sweep.js';
import { RunStore } from '../../runs/run.store.js';
import { Runner } from '../../runs/runner.js';
import { Turns } from '../../runs/turns.js';
import { Storage } from '../../storage/storage.js';
import type { Tx } from '../../storage/tx.js';
import { StreamStore } from '../../streaming/stream.store.js';

/** The depths at which an item stands. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Takes an item out of a conversation. No message moves: a new branch has all others, borrowed, and takes the place of the
 * one that was active, which is deleted; the item's messages go with it, unless another branch has them.
 */
@Injectable()
export class ItemRemoval {
  constructor(
    private readonly storage: Storage,
    private readonly contexts: ContextStore,
    private readonly branches: BranchStore,
    private readonly messages: MessageStore,
    private readonly streams: StreamStore,
    private readonly pool: PoolSweep,
    private readonly runs: RunStore,
    private readonly turns: Turns,
    private readonly runner: Runner,
  ) {}

  /** `context_not_found`, `message_not_found`, `context_busy`, `illegal_transition`; `limit_exceeded` for branches. */
  async execute(owner: Owner, id: ContextId, itemId: MessageId): Promise<void> {
    const stopped = await this.storage.commit('remove_item', async (tx) => {
      const found = await this.contexts.lock(tx, id, owner);
      refuseBusy(found);
      if (found.state.type === 'archived') throw illegalTransition(found, 'a change');
      const context = await this.turns.giveUpWaiting(tx, found);
      const old = await this.branches.get(tx, id, context.active_branch);
      const line = (await readTree(tx, id)).line(old.id);
      const next = await this.without(tx, context, old, line, await spanOf(tx, id, line, itemId));
      const shown = await this.contexts.update(tx, context, { active_branch: next.id });
      return this.drop(tx, shown, old);
    });
    for (const run of stopped) this.runner.stop(run);
  }

  private async without(tx: Tx, { id }: Context, old: Branch, line: readonly Segment[], span: Span) {
    const from = await forkPointAt(tx, id, line, span.from - 1);
    const branch = await this.branches.fork(tx, id, from, { config: old.config });
    const rest = cut(line, span.to + 1, lengthOf(line));
    const last = rest.at(-1);
    const head = last && (await messageAt(tx, id, { branch: last.branch, depth: last.to }));
    if (!head) return branch;
    const depth = branch.head_depth + countOf(rest);
    return this.branches.borrow(tx, branch, {
      parts: toParts(rest, branch.head_depth),
      head: { id: head, depth },
      first_user_depth: await firstUser(tx, id, rest, branch.head_depth),
    });
  }

  /**
   * The branch that was left goes, unless something is to go on there. Answers the runs that were making a title of it:
   * they hold up nobody.
   */
  private async drop(tx: Tx, context: Context, old: Branch): Promise<readonly RunId[]> {
    const open = await this.runs.openOn(tx, context.id, old.id);
    const { state } = context;
    const isAtLimit = state.type === 'awaiting_user' && state.reason === 'depth_limit';
    if (isAtLimit || open.some(({ kind }) => kind !== 'title')) return [];
    for (const { id } of open) await this.runs.end(tx, id, 'cancelled');
    await this.branches.hide(tx, old);
    const removed = await this.pool.sweep(tx, context);
    await this.streams.remove(tx, removed);
    await this.messages.takeOut(tx, context, removed);
    await this.contexts.touch(tx, context, ['branches'], removed.length);
    return open.map(({ id }) => id);
  }
}

/** Where the item stands, with the messages that it speaks for. */
async function spanOf(tx: Tx, id: ContextId, line: readonly Segment[], itemId: MessageId): Promise<Span> {
  const sql = `SELECT branch, depth FROM messages WHERE context_id = ? AND id = ?`;
  const place = await tx.get<StoredPlace>(sql, id, itemId);
  const from = place && depthOn(line, place);
  if (from === undefined) throw messageNotFound(itemId);
  let to = from;
  while (await isSpokenFor(tx, id, line, to + 1)) to += 1;
  return { from, to };
}

async function isSpokenFor(tx: Tx, id: ContextId, line: readonly Segment[], depth: number): Promise<boolean> {
  const [part] = cut(line, depth, depth);
  const there = part && (await messageAt(tx, id, { branch: part.branch, depth: part.from }));
  if (!there) return false;
  const sql = `SELECT prompt FROM exchange_items WHERE context_id = ? AND message_id = ?`;
  return (await tx.get<{ prompt: string | null }>(sql, id, there))?.prompt === 'null';
}

/** Where a user first speaks in what follows `depth` messages. */
async function firstUser(
  tx: Tx,
  id: ContextId,
  rest: readonly Segment[],
  depth: number,
): Promise<number | null> {
  let before = depth;
  for (const { branch, from, to } of rest) {
    const found = await tx.get<{ readonly depth: number }>(
      `SELECT depth FROM messages WHERE context_id = ? AND branch = ? AND depth BETWEEN ? AND ? AND role = 'user'
       ORDER BY depth LIMIT 1`,
      ...[id, branch, from, to],
    );
    if (found) return before + 1 + found.depth - from;
    before += to - from + 1;
  }
  return null;
}
