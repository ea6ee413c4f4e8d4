import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { ContextId, MessageId } from '../kernel/ids.js';

/** A message that can be searched for. Its words are in `search_terms`, under its number. */
@Entity({ name: 'search_documents', withoutRowid: true })
@Index('search_documents_by_message', ['context_id', 'message_id'], { unique: true })
export class SearchDocumentEntity {
  /** Grows with the time of the message, so that the newest are found first. */
  @PrimaryColumn('bigint') id!: number;
  @Column('text') context_id!: ContextId;
  @Column('text') message_id!: MessageId;
  /** Of the message. */
  @Column('bigint') created_at!: number;
}
