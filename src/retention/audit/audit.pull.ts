import { Injectable } from '@nestjs/common';
import { toTimestamp } from '../../kernel/clock.js';
import type { Owner } from '../../kernel/ids.js';
import { decodeCursor, encodeCursor } from '../../kernel/page-cursor.js';
import { Storage } from '../../storage/storage.js';
import type { AuditEntryView, AuditLogView } from '../dto/audit-views.js';
import type { AuditEntryEntity } from './audit-entry.entity.js';
import type { AuditAction } from './audit-kinds.js';

/** Reads the audit log. */
@Injectable()
export class AuditPull {
  constructor(private readonly storage: Storage) {}

  /** One page of what was done to this owner's contexts, the newest first. */
  async list(owner: Owner, { limit, cursor }: { limit: number; cursor?: string }): Promise<AuditLogView> {
    const before = cursor === undefined ? [] : decodeCursor(cursor, ['string']);
    const rows = await this.storage.reads.all<AuditEntryEntity>(
      `SELECT * FROM audit_log WHERE owner = ?${before.length > 0 ? ' AND id < ?' : ''} ORDER BY id DESC LIMIT ?`,
      ...[owner, ...before, limit + 1],
    );
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const hasMore = rows.length > limit && last;
    return { entries: page.map(toView), next_cursor: hasMore ? encodeCursor([last.id]) : null };
  }
}

const toView = ({ created_at, action, facts, id, actor, context_id }: AuditEntryEntity): AuditEntryView => ({
  id,
  actor,
  action: action as AuditAction,
  context_id,
  facts: JSON.parse(facts) as Record<string, unknown>,
  created_at: toTimestamp(created_at),
});
