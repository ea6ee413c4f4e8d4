import { Injectable } from '@nestjs/common';
import type { Context } from '../contexts/context-row.js';
import { Clock } from '../kernel/clock.js';
import type { AttachmentId } from '../kernel/ids.js';
import {
  MessageFollowers,
  type MessageFollower,
  type SomeMessages,
  type WrittenMessage,
} from '../messages/message-followers.js';
import { inList } from '../storage/in-list.js';
import type { Tx } from '../storage/tx.js';
import { mapToAttachment } from './map-to-attachment.js';

/**
 * Which messages refer to which attachments, kept in the unit that writes or removes the message. Whoever changes what
 * refers to an attachment holds its row, so that two who leave at once cannot each take the other for one who stays.
 */
@Injectable()
export class AttachmentReferenceStore implements MessageFollower {
  constructor(
    private readonly clock: Clock,
    followers: MessageFollowers,
  ) {
    followers.add(this);
  }

  /** An attachment that is not there, or another owner's, is referred to by nobody: the message may say so all the same. */
  async written(tx: Tx, context: Context, message: WrittenMessage): Promise<void> {
    const id = mapToAttachment(message);
    if (!id) return;
    const sql = `SELECT id FROM attachments WHERE id = ? AND owner = ?`;
    if (!(await tx.lock(sql, id, context.owner))) return;
    await tx.run(
      `INSERT INTO attachment_references (context_id, message_id, attachment_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
      ...[context.id, message.id, id],
    );
    await tx.run(`UPDATE attachments SET unreferenced_since = NULL WHERE id = ?`, id);
  }

  async removing(tx: Tx, context: Context, ids: SomeMessages): Promise<void> {
    if (ids === 'all') return this.release(tx, `context_id = ?`, [context.id]);
    const { marks, params } = inList(ids);
    await this.release(tx, `context_id = ? AND message_id IN (${marks})`, [context.id, ...params]);
  }

  private async release(tx: Tx, where: string, params: readonly string[]): Promise<void> {
    const referred = await tx.all<{ attachment_id: AttachmentId }>(
      `SELECT attachment_id FROM attachment_references WHERE ${where}`,
      ...params,
    );
    if (referred.length === 0) return;
    const ids = [...new Set(referred.map(({ attachment_id }) => attachment_id))].sort();
    for (const id of ids) await tx.lock(`SELECT id FROM attachments WHERE id = ?`, id);
    await tx.run(`DELETE FROM attachment_references WHERE ${where}`, ...params);
    for (const id of ids)
      await tx.run(
        `UPDATE attachments SET unreferenced_since = ? WHERE id = ?
         AND NOT EXISTS (SELECT 1 FROM attachment_references r WHERE r.attachment_id = attachments.id)`,
        ...[this.clock.now(), id],
      );
  }
}
