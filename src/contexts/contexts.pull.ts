import { Injectable } from '@nestjs/common';
import type { StreamCursor } from '../events/signals.js';
import type { BranchId, ContextId, MessageId, Owner } from '../kernel/ids.js';
import { decodeCursor, encodeCursor } from '../kernel/page-cursor.js';
import { Storage } from '../storage/storage.js';
import type { SqlValue } from '../storage/tx.js';
import type { BranchEntity } from './branch.entity.js';
import type { ContextEntity } from './context.entity.js';
import type { ListedBranch } from './dto/branch-views.js';
import { branchNotFound, contextNotFound } from './refusals.js';
import { contextColumns, foldTitle, readContext, type Context } from './context-row.js';
import type { StateType } from './context-state.js';
import type { LightRow } from './metadata-text.js';

/** A context with what its light view shows beside it. No message is read for it. */
export interface ContextAtGlance extends Context {
  readonly message_count: number;
  readonly streaming: readonly StreamCursor[];
}

export interface ListQuery {
  readonly limit: number;
  readonly cursor?: string;
  readonly state?: StateType;
  readonly q?: string;
  readonly archived?: boolean;
}

type GlanceRow = ContextEntity & {
  head_depth: number;
  first_user_depth: number | null;
  stream_id: MessageId | null;
  stream_sequence: number;
};

const glance = `SELECT ${contextColumns
  .split(', ')
  .map((column) => `c.${column}`)
  .join(', ')}, b.head_depth, b.first_user_depth, s.message_id AS stream_id, s.sequence AS stream_sequence
  FROM contexts c
  JOIN branches b ON b.context_id = c.id AND b.id = c.active_branch
  LEFT JOIN open_streams s ON s.context_id = c.id`;

/** No more than the light view shows: each column more is a tenth of what reading the row costs. */
const light = `SELECT c.id, c.title, c.config, c.state_type, c.state, c.active_branch, c.revision, c.created_at,
  c.updated_at, b.head_depth, s.message_id AS stream_id, s.sequence AS stream_sequence
  FROM contexts c
  JOIN branches b ON b.context_id = c.id AND b.id = c.active_branch
  LEFT JOIN open_streams s ON s.context_id = c.id
  WHERE c.id = ? AND c.owner = ?`;

const statesUnderWay: readonly StateType[] = [
  'streaming_response',
  'processing_tool',
  'processing_workflow',
  'awaiting_llm',
  'active',
];

/** Reads contexts, their lists and their light view. */
@Injectable()
export class ContextsPull {
  constructor(private readonly storage: Storage) {}

  /** The light view as it is stored; `context_not_found` also for another owner's. */
  async light(id: ContextId, owner: Owner): Promise<LightRow> {
    const row = await this.storage.reads.get<LightRow>(light, id, owner);
    if (!row) throw contextNotFound(id);
    return row;
  }

  /** The light view; `context_not_found` also for another owner's. */
  async glance(id: ContextId, owner: Owner): Promise<ContextAtGlance> {
    const row = await this.storage.reads.get<GlanceRow>(
      `${glance} WHERE c.id = ? AND c.owner = ?`,
      id,
      owner,
    );
    if (!row) throw contextNotFound(id);
    return atGlance(row);
  }

  /** The branches of a context, oldest first. */
  async branches(id: ContextId): Promise<ListedBranch[]> {
    const sql = `SELECT id, name, parent_branch, fork_depth, head_message_id, head_depth, created_at
      FROM branches WHERE context_id = ? AND deleted_at IS NULL`;
    const rows = await this.storage.reads.all<ListedBranch>(sql, id);
    return rows.sort((a, b) => a.created_at - b.created_at || (a.id < b.id ? -1 : 1));
  }

  /** The messages that are pinned, in the order in which they were. */
  async pinned(id: ContextId): Promise<MessageId[]> {
    const sql = `SELECT message_id, created_at FROM pins WHERE context_id = ?`;
    const rows = await this.storage.reads.all<{ message_id: MessageId; created_at: number }>(sql, id);
    rows.sort((a, b) => a.created_at - b.created_at || (a.message_id < b.message_id ? -1 : 1));
    return rows.map(({ message_id }) => message_id);
  }

  /** A branch, and the revision of its context; `branch_not_found` also for one that was deleted. */
  async branch(
    id: ContextId,
    owner: Owner,
    branchId: BranchId,
  ): Promise<{ readonly branch: BranchEntity; readonly revision: number }> {
    const context = await this.storage.reads.get<Pick<ContextEntity, 'revision'>>(
      `SELECT revision FROM contexts WHERE id = ? AND owner = ?`,
      ...[id, owner],
    );
    if (!context) throw contextNotFound(id);
    const branch = await this.storage.reads.get<BranchEntity>(
      `SELECT * FROM branches WHERE context_id = ? AND id = ? AND deleted_at IS NULL`,
      ...[id, branchId],
    );
    if (!branch) throw branchNotFound(branchId);
    return { branch, revision: context.revision };
  }

  /** The contexts of this owner that a run is working on: those that stream before all others, then the newest activity. */
  async underWay(owner: Owner, limit: number): Promise<ContextAtGlance[]> {
    const rows: GlanceRow[] = [];
    // A query for each: the index gives each state's rows in their order, but not those of all of them.
    for (const state of statesUnderWay)
      rows.push(
        ...(await this.storage.reads.all<GlanceRow>(
          `${glance} WHERE c.owner = ? AND c.state_type = ? ORDER BY c.updated_at DESC LIMIT ?`,
          ...[owner, state, limit - rows.length],
        )),
      );
    return rows.map(atGlance);
  }

  /** One page, newest activity first. Archived contexts are left out unless they are asked for. */
  async list(
    owner: Owner,
    query: ListQuery,
  ): Promise<{ contexts: ContextAtGlance[]; next_cursor: string | null }> {
    const { where, params } = listConditions(owner, query);
    const rows = await this.storage.reads.all<GlanceRow>(
      `${glance} WHERE ${where} ORDER BY c.updated_at DESC, c.id DESC LIMIT ?`,
      ...[...params, query.limit + 1],
    );
    const page = rows.slice(0, query.limit);
    const last = page.at(-1);
    const hasMore = rows.length > query.limit && last;
    return {
      contexts: page.map(atGlance),
      next_cursor: hasMore ? encodeCursor([last.updated_at, last.id]) : null,
    };
  }
}

function listConditions(owner: Owner, query: ListQuery): { where: string; params: SqlValue[] } {
  const conditions = ['c.owner = ?'];
  const params: SqlValue[] = [owner];
  if (query.state) {
    conditions.push('c.state_type = ?');
    params.push(query.state);
  }
  // A state says by itself whether those in it are archived; said as well, both must hold.
  if (!query.state || query.archived !== undefined) {
    conditions.push('c.is_archived = ?');
    params.push(query.archived ? 1 : 0);
  }
  if (query.q) {
    conditions.push(`c.title_folded LIKE ? ESCAPE '!'`);
    params.push(`%${foldTitle(query.q).replace(/[!%_]/g, '!$&')}%`);
  }
  if (query.cursor) {
    conditions.push('(c.updated_at, c.id) < (?, ?)');
    params.push(...decodeCursor(query.cursor, ['number', 'string']));
  }
  return { where: conditions.join(' AND '), params };
}

function atGlance(row: GlanceRow): ContextAtGlance {
  const { head_depth, stream_id, stream_sequence, ...context } = row;
  const streaming = stream_id ? [{ message_id: stream_id, current_sequence: stream_sequence }] : [];
  const read = readContext(context);
  return { ...read, state: withSequence(read, stream_sequence), message_count: head_depth, streaming };
}

/** The state's sequence is moved by the chunks alone, without a write to the context: the stream's row knows it. */
const withSequence = (context: Context, sequence: number | null): Context['state'] =>
  context.state.type === 'streaming_response' && sequence !== null
    ? { ...context.state, sequence }
    : context.state;
