import type { ForkPoint } from '../../contexts/branch.store.js';
import type { Context } from '../../contexts/context-row.js';
import { readTree } from '../../contexts/read-tree.js';
import { branchNotFound, refusalFacts } from '../../contexts/refusals.js';
import { DomainError } from '../../kernel/domain-error.js';
import type { BranchId, MessageId } from '../../kernel/ids.js';
import { depthOn, forkPointAt, lengthOf, lineWith } from '../../messages/branch-line.js';
import { messageNotFound } from '../../messages/message-not-found.js';
import type { MessageEntity } from '../../messages/message.entity.js';
import type { Tx } from '../../storage/tx.js';

export interface ForkWish {
  /** The last message to have; null for none, absent for the head. */
  readonly from_message_id?: MessageId | null;
  readonly branch?: BranchId;
}

export interface ForkPlace {
  /** The branch whose line is left. */
  readonly on: BranchId;
  readonly from: ForkPoint | undefined;
}

type Place = Pick<MessageEntity, 'branch' | 'depth'>;

/**
 * Where a new branch leaves which line. `branch_not_found`, `message_not_found` also for a message that is not on the
 * line named; `context_busy` for one that is still being written.
 */
export async function forkPlace(tx: Tx, context: Context, wish: ForkWish): Promise<ForkPlace> {
  const place = await findPlace(tx, context, wish);
  const { from } = place;
  const sql = `SELECT id FROM messages WHERE context_id = ? AND id = ? AND status = 'streaming'`;
  if (from && (await tx.get(sql, context.id, from.message_id)))
    throw new DomainError('context_busy', 'That message is still being written.', refusalFacts(context));
  return place;
}

async function findPlace(tx: Tx, context: Context, wish: ForkWish): Promise<ForkPlace> {
  const { from_message_id: id, branch = context.active_branch } = wish;
  const tree = await readTree(tx, context.id);
  const line = tree.line(branch);
  if (line.length === 0) throw branchNotFound(branch);
  if (id === null) return { on: branch, from: undefined };
  if (id === undefined) return { on: branch, from: await forkPointAt(tx, context.id, line, lengthOf(line)) };
  const sql = `SELECT branch, depth FROM messages WHERE context_id = ? AND id = ?`;
  const place = await tx.get<Place>(sql, context.id, id);
  if (!place) throw messageNotFound(id);
  const depth = depthOn(line, place);
  const found =
    depth === undefined && wish.branch === undefined ? lineWith(tree, place, []) : { branch, line, depth };
  if (found?.depth === undefined) throw messageNotFound(id);
  return { on: found.branch, from: await forkPointAt(tx, context.id, found.line, found.depth) };
}
