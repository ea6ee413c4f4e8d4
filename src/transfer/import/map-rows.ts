import type { BranchEntity } from '../../contexts/branch.entity.js';
import type { BranchPartEntity } from '../../contexts/branch-part.entity.js';
import { BranchTree } from '../../contexts/branch-tree.js';
import type { ContextEntity } from '../../contexts/context.entity.js';
import { foldTitle } from '../../contexts/context-row.js';
import type { PinEntity } from '../../messages/pin.entity.js';
import type { BranchId, Owner } from '../../kernel/ids.js';
import type { BranchRecord, ContextRecord, RemovedRecord } from '../record/record-kinds.js';

/** What a record is in the tables, apart from its messages. */
export interface ContextRows {
  readonly context: ContextEntity;
  readonly branches: readonly BranchEntity[];
  readonly parts: readonly BranchPartEntity[];
  readonly removed: readonly RemovedRecord[];
  readonly pins: readonly PinEntity[];
  readonly message_count: number;
}

/** Pure. The pool is of an epoch that no pool of the same id has had before: that of the time, in milliseconds. */
export function mapRows(record: ContextRecord, owner: Owner, now: number): ContextRows {
  const firstUser = firstUserDepths(record);
  const context_id = record.context.id;
  return {
    context: contextRow(record, owner, now),
    branches: record.branches.map((branch) => ({
      context_id,
      id: branch.id,
      name: branch.name,
      parent_branch: branch.parent_branch,
      fork_depth: branch.fork_depth,
      head_message_id: branch.head_message_id,
      head_depth: branch.head_depth,
      created_at: Date.parse(branch.created_at),
      config: JSON.stringify(branch.config),
      deleted_at: branch.deleted_at === null ? null : Date.parse(branch.deleted_at),
      first_user_depth: firstUser(branch),
    })),
    parts: record.branches.flatMap(({ id, parts }) =>
      parts.map((part) => ({ context_id, branch: id, ...part })),
    ),
    removed: record.removed,
    pins: record.pins.map(({ message_id, created_at }) => ({
      context_id,
      message_id,
      created_at: Date.parse(created_at),
    })),
    message_count: record.messages.length,
  };
}

const contextRow = ({ context }: ContextRecord, owner: Owner, now: number): ContextEntity => ({
  id: context.id,
  owner,
  title: context.title,
  title_folded: context.title === null ? null : foldTitle(context.title),
  title_source: context.title_source,
  config: JSON.stringify(context.config),
  ttl_ms: context.config.ttl_ms ?? null,
  state_type: context.state.type,
  state: JSON.stringify(context.state),
  is_archived: context.state.type === 'archived' ? 1 : 0,
  active_branch: context.active_branch,
  pool_epoch: now,
  revision: context.revision,
  created_at: Date.parse(context.created_at),
  updated_at: Date.parse(context.updated_at),
});

/** Where a user first speaks on the line of a branch. */
function firstUserDepths({ branches, messages }: ContextRecord): (branch: BranchRecord) => number | null {
  const users = new Map<BranchId, number[]>();
  for (const { message } of messages) {
    if (message.role !== 'user') continue;
    const depths = users.get(message.branch);
    if (depths) depths.push(message.depth);
    else users.set(message.branch, [message.depth]);
  }
  for (const depths of users.values()) depths.sort((a, b) => a - b);
  const first = new Map<BranchId, number | null>();
  // Without their parents, each is what stands on it itself; those that are hidden have that as well.
  const tree = new BranchTree(
    branches.map((branch) => ({ ...branch, parent_branch: null, isHidden: false })),
  );
  const onItself = (id: BranchId): number | null => {
    for (const { branch, at, from, to } of tree.line(id).reverse()) {
      const depth = firstFrom(users.get(branch) ?? [], from);
      if (depth !== undefined && depth <= to) return at + depth - from;
    }
    return null;
  };
  // A parent is left past where it left its own, so it comes before those that leave it.
  for (const { id, parent_branch, fork_depth } of branches.toSorted((a, b) => a.fork_depth - b.fork_depth)) {
    const before = parent_branch === null ? null : (first.get(parent_branch) ?? null);
    first.set(id, before !== null && before <= fork_depth ? before : onItself(id));
  }
  return ({ id }) => first.get(id) ?? null;
}

/** The first of ascending depths that is not before `from`. */
function firstFrom(depths: readonly number[], from: number): number | undefined {
  let [low, high] = [0, depths.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((depths[middle] ?? Infinity) < from) low = middle + 1;
    else high = middle;
  }
  return depths[low];
}
