import { Injectable } from '@nestjs/common';
import { branchNotFound, contextNotFound } from '../contexts/refusals.js';
import { DomainError } from '../kernel/domain-error.js';
import type { BranchId, ContextId, MessageId, Owner } from '../kernel/ids.js';
import { Storage } from '../storage/storage.js';
import { cut, readLine, type Segment } from './branch-line.js';
import type { MessageEntity } from './message.entity.js';
import type { Message } from './message-kinds.js';
import { messageNotFound } from './message-not-found.js';
import { messageColumns, readMessage } from './message-row.js';
import { fitting, pageColumns, readBodies, type PageRow } from './page-rows.js';

export interface MessagePage {
  readonly branch: BranchId;
  readonly messages: readonly Message[];
  readonly has_more: boolean;
}

export interface PageQuery {
  readonly branch?: BranchId;
  readonly before?: MessageId;
  readonly after?: MessageId;
  readonly limit: number;
}

export interface Batch {
  readonly messages: readonly Message[];
  readonly requested_count: number;
  readonly found_count: number;
  readonly missing: readonly MessageId[];
}

export interface Changes {
  readonly messages: readonly Message[];
  readonly deleted: readonly MessageId[];
  readonly revision: number;
  readonly has_more: boolean;
}

interface Cursor {
  readonly revision: number;
  readonly active_branch: BranchId;
}

/** Reads a context's pool. Every query is a search of one index range; the cursor is read before the rows. */
@Injectable()
export class MessagesPull {
  constructor(private readonly storage: Storage) {}

  async one(contextId: ContextId, owner: Owner, id: MessageId): Promise<Message> {
    await this.cursor(contextId, owner);
    const sql = `SELECT ${messageColumns} FROM messages WHERE context_id = ? AND id = ?`;
    const row = await this.storage.reads.get<MessageEntity>(sql, contextId, id);
    if (!row) throw messageNotFound(id);
    return readMessage(row);
  }

  /** The messages asked for, in the order asked; a repeated id counts once. `limit_exceeded` for too much at once. */
  async batch(contextId: ContextId, owner: Owner, ids: readonly MessageId[]): Promise<Batch> {
    await this.cursor(contextId, owner);
    const wanted = [...new Set(ids)];
    const rows = await this.storage.reads.all<PageRow>(
      `SELECT ${pageColumns} FROM messages WHERE context_id = ? AND id IN (${wanted.map(() => '?').join()})`,
      ...[contextId, ...wanted],
    );
    if (fitting(rows).length < rows.length) throw tooMuch();
    const found = new Map(rows.map((row) => [row.id, row]));
    const messages = await this.whole(
      contextId,
      wanted.flatMap((id) => found.get(id) ?? []),
    );
    const missing = wanted.filter((id) => !found.has(id));
    return { messages, requested_count: wanted.length, found_count: messages.length, missing };
  }

  /**
   * What changed after revision `since`, oldest change first. `revision` is the cursor to come back with: the
   * context's own, or the last message's when there is more. `cursor_ahead` when `since` has not been reached yet.
   */
  async changes(contextId: ContextId, owner: Owner, since: number, limit: number): Promise<Changes> {
    const { revision } = await this.cursor(contextId, owner);
    if (since > revision)
      throw new DomainError('cursor_ahead', `The context is at revision ${revision}, before ${since}.`, {
        revision,
      });
    const rows = await this.storage.reads.all<PageRow>(
      `SELECT ${pageColumns} FROM messages WHERE context_id = ? AND revision > ? ORDER BY revision LIMIT ?`,
      ...[contextId, since, limit + 1],
    );
    const messages = await this.whole(contextId, fitting(rows.slice(0, limit)));
    const hasMore = rows.length > messages.length;
    const last = messages.at(-1)?.revision ?? since;
    // A message may have been committed since the cursor was read: then it is both in this answer and past no cursor.
    return { messages, deleted: [], revision: hasMore ? last : Math.max(revision, last), has_more: hasMore };
  }

  /** A page of a branch, oldest first: the newest messages, or those next to `before` or `after`. */
  async page(contextId: ContextId, owner: Owner, query: PageQuery): Promise<MessagePage> {
    const { active_branch } = await this.cursor(contextId, owner);
    const branch = query.branch ?? active_branch;
    const line = await readLine(this.storage.reads, contextId, branch);
    const end = line[0]?.to;
    if (end === undefined) throw branchNotFound(branch);
    const to = query.before ? (await this.depthOn(line, contextId, query.before)) - 1 : end;
    if (query.after) {
      const from = (await this.depthOn(line, contextId, query.after)) + 1;
      const last = Math.min(end, from + query.limit - 1);
      const rows = fitting(await this.range(contextId, line, from, last));
      const hasMore = (rows.at(-1)?.depth ?? end) < end;
      return { branch, messages: await this.whole(contextId, rows), has_more: hasMore };
    }
    const from = Math.max(1, to - query.limit + 1);
    const newest = (await this.range(contextId, line, from, to)).reverse();
    const rows = [...fitting(newest)].reverse();
    return { branch, messages: await this.whole(contextId, rows), has_more: (rows[0]?.depth ?? 1) > 1 };
  }

  /** The first messages of a branch. */
  async first(contextId: ContextId, branch: BranchId, limit: number): Promise<Message[]> {
    const line = await readLine(this.storage.reads, contextId, branch);
    return this.whole(contextId, fitting(await this.range(contextId, line, 1, limit)));
  }

  private async whole(contextId: ContextId, rows: readonly PageRow[]): Promise<Message[]> {
    return (await readBodies(this.storage.reads, contextId, rows)).map(readMessage);
  }

  private async range(
    contextId: ContextId,
    line: readonly Segment[],
    from: number,
    to: number,
  ): Promise<PageRow[]> {
    const found: PageRow[] = [];
    for (const part of cut(line, from, to)) {
      const rows = await this.storage.reads.all<PageRow>(
        `SELECT ${pageColumns} FROM messages
         WHERE context_id = ? AND branch = ? AND depth BETWEEN ? AND ? ORDER BY depth`,
        ...[contextId, part.branch, part.from, part.to],
      );
      found.push(...rows);
    }
    return found;
  }

  private async depthOn(line: readonly Segment[], contextId: ContextId, id: MessageId): Promise<number> {
    const place = await this.storage.reads.get<Pick<MessageEntity, 'branch' | 'depth'>>(
      `SELECT branch, depth FROM messages WHERE context_id = ? AND id = ?`,
      ...[contextId, id],
    );
    if (!place) throw messageNotFound(id);
    const { branch, depth } = place;
    const isOnLine = line.some((part) => part.branch === branch && part.from <= depth && depth <= part.to);
    if (!isOnLine) throw messageNotFound(id);
    return depth;
  }

  private async cursor(contextId: ContextId, owner: Owner): Promise<Cursor> {
    const sql = `SELECT revision, active_branch FROM contexts WHERE id = ? AND owner = ?`;
    const cursor = await this.storage.reads.get<Cursor>(sql, contextId, owner);
    if (!cursor) throw contextNotFound(contextId);
    return cursor;
  }
}

const tooMuch = (): DomainError =>
  new DomainError(
    'limit_exceeded',
    'These messages are larger together than one answer may be; ask for fewer.',
  );
