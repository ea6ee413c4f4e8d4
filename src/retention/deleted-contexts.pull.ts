import { Injectable } from '@nestjs/common';
import { Clock, toTimestamp } from '../kernel/clock.js';
import type { ContextId, Owner } from '../kernel/ids.js';
import { decodeCursor, encodeCursor } from '../kernel/page-cursor.js';
import { Storage } from '../storage/storage.js';
import type { SqlValue } from '../storage/tx.js';
import type { DeletedContextEntity } from './deleted-context.entity.js';
import type { DeletedContextView } from './dto/deleted-contexts.js';

export interface DeletedPage {
  readonly contexts: readonly DeletedContextView[];
  readonly next_cursor: string | null;
}

/** Reads which contexts are deleted. */
@Injectable()
export class DeletedContextsPull {
  constructor(
    private readonly storage: Storage,
    private readonly clock: Clock,
  ) {}

  /** One page of those that can still come back, the last deleted first. */
  async list(owner: Owner, { limit, cursor }: { limit: number; cursor?: string }): Promise<DeletedPage> {
    const params: SqlValue[] = [owner, this.clock.now()];
    if (cursor !== undefined) params.push(...decodeCursor(cursor, ['number', 'string']));
    const rows = await this.storage.reads.all<DeletedContextEntity>(
      `SELECT * FROM deleted_contexts WHERE owner = ? AND purge_at > ?${cursor === undefined ? '' : ' AND (deleted_at, id) < (?, ?)'}
       ORDER BY deleted_at DESC, id DESC LIMIT ?`,
      ...[...params, limit + 1],
    );
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const hasMore = rows.length > limit && last;
    return {
      contexts: page.map(toView),
      next_cursor: hasMore ? encodeCursor([last.deleted_at, last.id]) : null,
    };
  }

  /** Some of those whose time has come, whoever's they are, the longest due first. */
  async due(now: number, limit: number): Promise<ContextId[]> {
    const sql = `SELECT id FROM deleted_contexts WHERE purge_at <= ? ORDER BY purge_at LIMIT ?`;
    const rows = await this.storage.reads.all<{ id: ContextId }>(sql, now, limit);
    return rows.map(({ id }) => id);
  }
}

const toView = ({ id, context, reason, deleted_at, purge_at }: DeletedContextEntity): DeletedContextView => ({
  id,
  title: (JSON.parse(context) as { title: string | null }).title,
  reason,
  deleted_at: toTimestamp(deleted_at),
  purge_at: toTimestamp(purge_at),
});
