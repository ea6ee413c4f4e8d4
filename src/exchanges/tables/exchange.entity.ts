import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { ContextId, MessageId, RunId } from '../../kernel/ids.js';

/** What a run of kind `exchange` asks a model. Its status, its lease and its failure are the run's. */
@Entity({ name: 'exchanges', withoutRowid: true })
@Index('exchanges_by_context', ['context_id', 'run_id'])
export class ExchangeEntity {
  @PrimaryColumn('text') run_id!: RunId;
  @Column('text') context_id!: ContextId;
  /** The message that the answer is, or will be. */
  @Column('text') message_id!: MessageId;
  /** The message that stands before the answer; null at the beginning of a conversation. */
  @Column('text', { nullable: true }) after_id!: MessageId | null;
  /** The last message that it left, once it has ended. */
  @Column('text', { nullable: true }) last_message_id!: MessageId | null;
  @Column('text') dialect!: string;
  /** JSON of the ModelRequest. */
  @Column('text') request!: string;
  /** Where in the request's messages the conversation is put in; null when the request is whole. */
  @Column('integer', { nullable: true }) history_at!: number | null;
  /** JSON. */
  @Column('text') raw!: string;
  @Column('bigint') created_at!: number;
}
