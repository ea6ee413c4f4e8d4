import { Injectable } from '@nestjs/common';
import { DomainError } from '../kernel/domain-error.js';
import type { AttachmentId, Owner } from '../kernel/ids.js';
import { decodeCursor, encodeCursor } from '../kernel/page-cursor.js';
import { Storage } from '../storage/storage.js';
import type { AttachmentEntity } from './attachment.entity.js';

/** An attachment with the place of its file below the folder of attachments. */
export type StoredAttachment = AttachmentEntity & { readonly path: string };

/** Reads what owners have attached. */
@Injectable()
export class AttachmentsPull {
  constructor(private readonly storage: Storage) {}

  /** Undefined also for another owner's. */
  find(id: string, owner: Owner): Promise<StoredAttachment | undefined> {
    return this.storage.reads.get<StoredAttachment>(
      `SELECT a.*, f.path FROM attachments a JOIN attachment_files f ON f.sha256 = a.sha256
       WHERE a.id = ? AND a.owner = ?`,
      ...[id, owner],
    );
  }

  /** `attachment_not_found` also for another owner's. */
  async get(id: AttachmentId, owner: Owner): Promise<StoredAttachment> {
    const found = await this.find(id, owner);
    if (!found) throw attachmentNotFound(id);
    return found;
  }

  /** One page, the newest first. */
  async list(
    owner: Owner,
    { limit, cursor }: { readonly limit: number; readonly cursor?: string },
  ): Promise<{ readonly attachments: AttachmentEntity[]; readonly next_cursor: string | null }> {
    const after = cursor === undefined ? [] : decodeCursor(cursor, ['number', 'string']);
    const rows = await this.storage.reads.all<AttachmentEntity>(
      `SELECT * FROM attachments WHERE owner = ? ${cursor === undefined ? '' : 'AND (created_at, id) < (?, ?)'}
       ORDER BY created_at DESC, id DESC LIMIT ?`,
      ...[owner, ...after, limit + 1],
    );
    const attachments = rows.slice(0, limit);
    const last = attachments.at(-1);
    return {
      attachments,
      next_cursor: rows.length > limit && last ? encodeCursor([last.created_at, last.id]) : null,
    };
  }

  /** True while a file with this path below the folder of attachments belongs to somebody. */
  async hasFile(sha256: string, path: string): Promise<boolean> {
    const sql = `SELECT sha256 FROM attachment_files WHERE sha256 = ? AND path = ?`;
    return (await this.storage.reads.get(sql, sha256, path)) !== undefined;
  }
}

export const attachmentNotFound = (id: string): DomainError =>
  new DomainError('attachment_not_found', `There is no attachment ${id}.`);
