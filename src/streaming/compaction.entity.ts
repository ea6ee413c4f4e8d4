import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { MessageId } from '../kernel/ids.js';

/** A final message whose chunks are still to be packed. */
@Entity({ name: 'compactions', withoutRowid: true })
@Index('compactions_by_due', ['due_at'])
export class CompactionEntity {
  @PrimaryColumn('text') message_id!: MessageId;
  /** Not before this time: those who follow the stream are still pulling its end. */
  @Column('bigint') due_at!: number;
}
