import { Injectable } from '@nestjs/common';
import { BranchStore, type Branch } from '../../contexts/branch.store.js';
import { ContextStore } from '../../contexts/context.store.js';
import type { Context } from '../../contexts/context-row.js';
import { readTree } from '../../contexts/read-tree.js';
import { illegalTransition, refuseBusy } from '../../contexts/refusals.js';
import { DomainError } from '../../kernel/domain-error.js';
import type { BranchId, ContextId, MessageId, Owner } from '../../kernel/ids.js';
import type { RequestKey } from '../../kernel/request-key.js';
import { forkPointAt, lengthOf, messageAt } from '../../messages/branch-line.js';
import { inBatches } from '../../messages/in-batches.js';
import { countOf, toParts, type Stretch } from '../../messages/merge-lines.js';
import { messageNotFound } from '../../messages/message-not-found.js';
import { readMessage, readText, textColumns, type WholeTextRow } from '../../messages/message-row.js';
import { Storage } from '../../storage/storage.js';
import { inList } from '../../storage/in-list.js';
import type { Tx } from '../../storage/tx.js';
import { refuseArchived, standing, type Standing } from '../standing.js';
import { onlyOn, pick, toStretches, type Chosen, type MergeStrategy } from './merge-plan.js';
import { requireWholeExchanges } from './whole-exchanges.js';

export interface MergeInput {
  readonly source: BranchId;
  readonly target?: BranchId;
  readonly strategy: MergeStrategy;
  readonly message_ids?: readonly MessageId[];
  readonly name?: string;
}

export interface MergeAnswer extends Standing {
  /** The branch that has the messages now. */
  readonly branch: BranchId;
  readonly merged_count: number;
}

interface Merged {
  readonly branch: Branch;
  readonly count: number;
}

/** Puts messages of one branch on another. They are shared, not copied: the branch borrows them in their order. */
@Injectable()
export class MergeBranchCommand {
  constructor(
    private readonly storage: Storage,
    private readonly contexts: ContextStore,
    private readonly branches: BranchStore,
  ) {}

  /** `context_busy` while a run is under way; `illegal_transition` while calls wait for an approval. */
  execute(id: ContextId, owner: Owner, input: MergeInput, key?: RequestKey): Promise<MergeAnswer> {
    return this.storage.commitOnce('merge_branch', key, async (tx) => {
      const context = await this.contexts.lock(tx, id, owner);
      refuseArchived(context, 'merge_branch');
      refuseBusy(context);
      const { state } = context;
      if (state.type === 'awaiting_user' && state.reason === 'tool_approval')
        throw illegalTransition(context, 'merge_branch');
      const source = await this.branches.get(tx, id, input.source);
      const target = await this.branches.get(tx, id, input.target ?? context.active_branch);
      if (source.id === target.id)
        throw new DomainError('unprocessable', 'A branch cannot be merged with itself.');
      const { branch, count } = await this.merge(tx, context, { source, target, input });
      const isChanged = count > 0 || branch.id !== target.id;
      const next = isChanged ? await this.contexts.touch(tx, context, ['branches']) : context;
      return { ...standing(next), branch: branch.id, merged_count: count };
    });
  }

  private async merge(tx: Tx, { id }: Context, { source, target, input }: Merge): Promise<Merged> {
    const tree = await readTree(tx, id);
    const ends = { source: source.id, target: target.id };
    switch (input.strategy) {
      case 'append':
        return this.put(tx, target, onlyOn(tree, source.id, target.id));
      case 'cherry_pick': {
        const chosen = pick(tree, ends, await chosenOf(tx, id, input.message_ids ?? []));
        await requireWhole(tx, id, chosen);
        return this.put(tx, target, toStretches(chosen));
      }
      case 'rebase': {
        const own = onlyOn(tree, target.id, source.id);
        const line = tree.line(source.id);
        const from = await forkPointAt(tx, id, line, lengthOf(line));
        const { name } = input;
        return this.put(tx, await this.branches.fork(tx, id, from, { name, config: target.config }), own);
      }
    }
  }

  private async put(tx: Tx, target: Branch, stretches: readonly Stretch[]): Promise<Merged> {
    const last = stretches.at(-1);
    const id = last && (await messageAt(tx, target.context_id, { branch: last.branch, depth: last.to }));
    if (!id) return { branch: target, count: 0 };
    const parts = toParts(stretches, target.head_depth);
    const count = countOf(stretches);
    const head = { id, depth: target.head_depth + count };
    const placed = { parts, head, first_user_depth: await firstUser(tx, target, stretches) };
    return { branch: await this.branches.borrow(tx, target, placed), count };
  }
}

interface Merge {
  readonly source: Branch;
  readonly target: Branch;
  readonly input: MergeInput;
}

async function chosenOf(tx: Tx, contextId: ContextId, ids: readonly MessageId[]): Promise<Chosen[]> {
  const found = new Map<MessageId, Chosen>();
  for (const some of inBatches(ids)) {
    const { marks, params } = inList(some);
    const sql = `SELECT id, branch, depth FROM messages WHERE context_id = ? AND id IN (${marks})`;
    for (const one of await tx.all<Chosen>(sql, contextId, ...params)) found.set(one.id, one);
  }
  return [...new Set(ids)].map((id) => {
    const one = found.get(id);
    if (!one) throw messageNotFound(id);
    return one;
  });
}

/** Reads of the chosen messages those that speak of tools. */
async function requireWhole(tx: Tx, contextId: ContextId, chosen: readonly Chosen[]): Promise<void> {
  const found = new Map<MessageId, ReturnType<typeof readMessage>>();
  for (const some of inBatches(chosen.map(({ id }) => id))) {
    const { marks, params } = inList(some);
    const rows = await tx.all<WholeTextRow>(
      `SELECT ${textColumns} FROM messages WHERE context_id = ? AND id IN (${marks})
       AND kind IN ('tool_request', 'tool_result', 'mcp_tool_request', 'mcp_tool_result')`,
      ...[contextId, ...params],
    );
    for (const row of rows) {
      const message = readMessage(readText(row));
      found.set(message.id, message);
    }
  }
  requireWholeExchanges(chosen.flatMap(({ id }) => found.get(id) ?? []));
}

/** Where a user first speaks in what is put behind the head; asked only where none has before. */
async function firstUser(tx: Tx, target: Branch, stretches: readonly Stretch[]): Promise<number | null> {
  if (target.first_user_depth !== null) return null;
  let before = target.head_depth;
  for (const { branch, from, to } of stretches) {
    const found = await tx.get<{ readonly depth: number }>(
      `SELECT depth FROM messages WHERE context_id = ? AND branch = ? AND depth BETWEEN ? AND ? AND role = 'user'
       ORDER BY depth LIMIT 1`,
      ...[target.context_id, branch, from, to],
    );
    if (found) return before + 1 + found.depth - from;
    before += to - from + 1;
  }
  return null;
}
