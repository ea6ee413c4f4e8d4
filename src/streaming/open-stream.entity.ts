import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { ContextId, MessageId, RunId } from '../kernel/ids.js';

/**
 * The cursor of a message that is streaming; the row is gone once the message is final. Appends lock and move this
 * small row alone, so that they never touch the context or the message.
 */
@Entity({ name: 'open_streams', withoutRowid: true })
@Index('open_streams_by_context', ['context_id'], { unique: true })
export class OpenStreamEntity {
  @PrimaryColumn('text') message_id!: MessageId;
  @Column('text') context_id!: ContextId;
  /** The run that produces it; null for an external producer. */
  @Column('text', { nullable: true }) run_id!: RunId | null;
  /** The last sequence appended. */
  @Column('bigint') sequence!: number;
  /** UTF-8 bytes of all deltas so far. */
  @Column('bigint') bytes!: number;
  @Column('bigint') started_at!: number;
  @Column('bigint') appended_at!: number;
}
