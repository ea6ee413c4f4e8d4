import { Entity, Index, PrimaryColumn } from 'typeorm';
import type { AttachmentId, ContextId, MessageId } from '../kernel/ids.js';

/** A message of the pool that refers to an attachment, and keeps it. */
@Entity({ name: 'attachment_references', withoutRowid: true })
@Index('attachment_references_by_attachment', ['attachment_id'])
export class AttachmentReferenceEntity {
  @PrimaryColumn('text') context_id!: ContextId;
  @PrimaryColumn('text') message_id!: MessageId;
  @PrimaryColumn('text') attachment_id!: AttachmentId;
}
