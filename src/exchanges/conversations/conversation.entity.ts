import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ContextId } from '../../kernel/ids.js';

/** What those who speak a dialect keep with a context. */
@Entity({ name: 'conversations', withoutRowid: true })
export class ConversationEntity {
  @PrimaryColumn('text') context_id!: ContextId;
  /** JSON. */
  @Column('text') metadata!: string;
}
