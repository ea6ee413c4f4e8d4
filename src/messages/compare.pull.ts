import { Injectable } from '@nestjs/common';
import { readTree } from '../contexts/read-tree.js';
import { branchNotFound, contextNotFound } from '../contexts/refusals.js';
import type { BranchId, ContextId, MessageId, Owner } from '../kernel/ids.js';
import { decodeCursor, encodeCursor } from '../kernel/page-cursor.js';
import { Storage } from '../storage/storage.js';
import { cut, lengthOf, messageAt } from './branch-line.js';
import { commonLength, countOf, pageOf, without, type Stretch } from './merge-lines.js';

export interface CompareQuery {
  /** The active one by default. */
  readonly base?: BranchId;
  readonly head?: BranchId;
  readonly limit: number;
  readonly cursor?: string;
}

export interface Comparison {
  readonly base: BranchId;
  readonly head: BranchId;
  /** The last message of what both begin with. */
  readonly common_ancestor: MessageId | null;
  readonly common_count: number;
  readonly base_only_count: number;
  readonly head_only_count: number;
  readonly base_only: readonly MessageId[];
  readonly head_only: readonly MessageId[];
  readonly next_cursor: string | null;
}

/** Says what two branches have in common, and what each has alone. */
@Injectable()
export class ComparePull {
  constructor(private readonly storage: Storage) {}

  /** `context_not_found`, `branch_not_found`; `invalid_request` for a cursor that is none. */
  async compare(contextId: ContextId, owner: Owner, query: CompareQuery): Promise<Comparison> {
    const { reads } = this.storage;
    const context = await reads.get<{ readonly active_branch: BranchId }>(
      `SELECT active_branch FROM contexts WHERE id = ? AND owner = ?`,
      ...[contextId, owner],
    );
    if (!context) throw contextNotFound(contextId);
    const { base: baseId = context.active_branch, head: headId = context.active_branch } = query;
    const tree = await readTree(reads, contextId);
    const [base, head] = [tree.line(baseId), tree.line(headId)];
    if (base.length === 0) throw branchNotFound(baseId);
    if (head.length === 0) throw branchNotFound(headId);
    const common = commonLength(base, head);
    const [shared] = cut(base, common, common);
    const ancestor =
      shared && (await messageAt(reads, contextId, { branch: shared.branch, depth: shared.from }));
    const baseOnly = without(cut(base, common + 1, lengthOf(base)), head);
    const headOnly = without(cut(head, common + 1, lengthOf(head)), base);
    const counts = [countOf(baseOnly), countOf(headOnly)] as const;
    const skipped = query.cursor === undefined ? 0 : skippedBy(query.cursor);
    const next = skipped + query.limit;
    return {
      base: baseId,
      head: headId,
      common_ancestor: ancestor ?? null,
      common_count: common,
      base_only_count: counts[0],
      head_only_count: counts[1],
      base_only: await this.idsOf(contextId, pageOf(baseOnly, skipped, query.limit)),
      head_only: await this.idsOf(contextId, pageOf(headOnly, skipped, query.limit)),
      next_cursor: next < Math.max(...counts) ? encodeCursor([next]) : null,
    };
  }

  private async idsOf(contextId: ContextId, stretches: readonly Stretch[]): Promise<MessageId[]> {
    const ids: MessageId[] = [];
    for (const { branch, from, to } of stretches) {
      const rows = await this.storage.reads.all<{ readonly id: MessageId }>(
        `SELECT id FROM messages WHERE context_id = ? AND branch = ? AND depth BETWEEN ? AND ? ORDER BY depth`,
        ...[contextId, branch, from, to],
      );
      ids.push(...rows.map(({ id }) => id));
    }
    return ids;
  }
}

const skippedBy = (cursor: string): number => Math.max(0, Number(decodeCursor(cursor, ['number'])[0]));
