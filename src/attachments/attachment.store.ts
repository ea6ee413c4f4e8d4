import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { Clock } from '../kernel/clock.js';
import { DomainError } from '../kernel/domain-error.js';
import { newId, type AttachmentId, type Owner } from '../kernel/ids.js';
import type { Tx } from '../storage/tx.js';
import type { AttachmentEntity } from './attachment.entity.js';
import type { AttachmentFileEntity } from './attachment-file.entity.js';
import { attachmentNotFound } from './attachments.pull.js';

/** A file that has its place on the disk, and what it is to be kept as. */
export interface NewAttachment {
  readonly owner: Owner;
  readonly name: string;
  readonly mime_type: string;
  readonly sha256: string;
  readonly size_bytes: number;
  /** Below the folder of attachments. */
  readonly path: string;
}

export interface Recorded {
  readonly attachment: AttachmentEntity;
  readonly isNew: boolean;
  /** The file is the one with these bytes from now on; otherwise there was one already. */
  readonly isFileTaken: boolean;
}

/**
 * Writes what owners attach. A file is removed by whoever has removed its row, after the commit: as its name is never
 * used again, nobody can have come to need it meanwhile.
 */
@Injectable()
export class AttachmentStore {
  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** The same bytes under the same name and type are the same attachment. `limit_exceeded` past what an owner may have. */
  async add(tx: Tx, added: NewAttachment): Promise<Recorded> {
    const known = await this.touch(tx, added);
    if (known) return { attachment: known, isNew: false, isFileTaken: false };
    await this.requireRoom(tx, added);
    const isFileTaken = await this.takeFile(tx, added);
    const attachment = await this.insert(tx, added);
    if (attachment) return { attachment, isNew: true, isFileTaken };
    const raced = await this.touch(tx, added);
    if (!raced) throw removing();
    return { attachment: raced, isNew: false, isFileTaken };
  }

  /** Where messages refer to it, `attachment_in_use`. Answers the file that is to be removed, if nobody else has it. */
  async remove(tx: Tx, id: AttachmentId, owner: Owner): Promise<string | undefined> {
    const sql = `SELECT * FROM attachments WHERE id = ? AND owner = ?`;
    const attachment = await tx.lock<AttachmentEntity>(sql, id, owner);
    if (!attachment) throw attachmentNotFound(id);
    if (attachment.unreferenced_since === null)
      throw new DomainError(
        'attachment_in_use',
        'Messages refer to the attachment; it goes when they have gone.',
      );
    return this.drop(tx, attachment);
  }

  /** Removes up to `limit` attachments that nothing has referred to since `before`. Answers how many, and their files. */
  async removeUnreferenced(
    tx: Tx,
    before: number,
    limit: number,
  ): Promise<{ readonly count: number; readonly paths: readonly string[] }> {
    const rows = await tx.all<Pick<AttachmentEntity, 'id'>>(
      `SELECT id FROM attachments WHERE unreferenced_since <= ? ORDER BY unreferenced_since LIMIT ?`,
      ...[before, limit],
    );
    const paths: string[] = [];
    for (const { id } of rows) {
      // A message may have come to refer to it since; whoever writes that one holds the row.
      const sql = `SELECT * FROM attachments WHERE id = ? AND unreferenced_since <= ?`;
      const attachment = await tx.lock<AttachmentEntity>(sql, id, before);
      const path = attachment && (await this.drop(tx, attachment));
      if (path !== undefined) paths.push(path);
    }
    return { count: rows.length, paths };
  }

  private async touch(tx: Tx, { owner, sha256, name, mime_type }: NewAttachment) {
    const attachment = await tx.lock<AttachmentEntity>(
      `SELECT * FROM attachments WHERE sha256 = ? AND owner = ? AND name = ? AND mime_type = ?`,
      ...[sha256, owner, name, mime_type],
    );
    if (!attachment || attachment.unreferenced_since === null) return attachment;
    // Sent again, it is wanted again: its time begins anew.
    const unreferenced_since = this.clock.now();
    const sql = `UPDATE attachments SET unreferenced_since = ? WHERE id = ?`;
    await tx.run(sql, unreferenced_since, attachment.id);
    return { ...attachment, unreferenced_since };
  }

  /** Undefined where the same was sent twice at once, and this one came second. */
  private async insert(tx: Tx, added: NewAttachment): Promise<AttachmentEntity | undefined> {
    const { owner, sha256, name, mime_type, size_bytes } = added;
    const now = this.clock.now();
    const facts = { owner, sha256, name, mime_type, size_bytes, created_at: now, unreferenced_since: now };
    const attachment: AttachmentEntity = { id: newId<AttachmentId>(), ...facts };
    const count = await tx.run(
      `INSERT INTO attachments (id, owner, sha256, name, mime_type, size_bytes, created_at, unreferenced_since)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
      ...[attachment.id, owner, sha256, name, mime_type, size_bytes, now, now],
    );
    return count > 0 ? attachment : undefined;
  }

  private async requireRoom(tx: Tx, { owner, size_bytes }: NewAttachment): Promise<void> {
    const { attachmentsPerOwner: most, attachmentsOwnerBytes: mostBytes } = this.settings;
    const sql = `SELECT count(*) AS count, coalesce(sum(size_bytes), 0) AS bytes FROM attachments WHERE owner = ?`;
    const has = await tx.get<{ count: number | string; bytes: number | string }>(sql, owner);
    if (Number(has?.count) >= most)
      throw new DomainError('limit_exceeded', `You have ${most} attachments, as many as you may have.`);
    if (Number(has?.bytes) + size_bytes > mostBytes)
      throw new DomainError(
        'limit_exceeded',
        `Your attachments would have more than ${mostBytes} bytes together.`,
      );
  }

  /** False where a file with these bytes is there; its row is then held, so that it stays. */
  private async takeFile(tx: Tx, { sha256, path, size_bytes }: NewAttachment): Promise<boolean> {
    for (let tries = 0; tries < 3; tries++) {
      const added = await tx.run(
        `INSERT INTO attachment_files (sha256, path, size_bytes, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`,
        ...[sha256, path, size_bytes, this.clock.now()],
      );
      if (added > 0) return true;
      if (await lockFile(tx, sha256)) return false;
      // Its last owner has just removed it.
    }
    throw removing();
  }

  private async drop(tx: Tx, { id, sha256 }: AttachmentEntity): Promise<string | undefined> {
    const file = await lockFile(tx, sha256);
    await tx.run(`DELETE FROM attachments WHERE id = ?`, id);
    const others = await tx.get(`SELECT id FROM attachments WHERE sha256 = ? LIMIT 1`, sha256);
    if (!file || others) return undefined;
    await tx.run(`DELETE FROM attachment_files WHERE sha256 = ?`, sha256);
    return file.path;
  }
}

const removing = (): DomainError =>
  new DomainError('storage_unavailable', 'The same file is being removed; try again.');

const lockFile = (tx: Tx, sha256: string): Promise<Pick<AttachmentFileEntity, 'path'> | undefined> =>
  tx.lock(`SELECT path FROM attachment_files WHERE sha256 = ?`, sha256);
