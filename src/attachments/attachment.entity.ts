import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { AttachmentId, Owner } from '../kernel/ids.js';

/** What an owner attached: a name and a type for bytes that others may have too. */
@Entity({ name: 'attachments', withoutRowid: true })
@Index('attachments_by_content', ['sha256', 'owner', 'name', 'mime_type'], { unique: true })
@Index('attachments_by_owner', ['owner', 'created_at', 'id'])
@Index('attachments_unreferenced', ['unreferenced_since'])
export class AttachmentEntity {
  @PrimaryColumn('text') id!: AttachmentId;
  @Column('text') owner!: Owner;
  /** Of the bytes, in lower-case hex. */
  @Column('text') sha256!: string;
  /** As it was sent. Never part of a path. */
  @Column('text') name!: string;
  @Column('text') mime_type!: string;
  @Column('bigint') size_bytes!: number;
  @Column('bigint') created_at!: number;
  /** Since when no message refers to it; null while one does. */
  @Column('bigint', { nullable: true }) unreferenced_since!: number | null;
}
