import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { ContextId, MessageId, RunId } from '../../kernel/ids.js';

/** What a message of the pool is to those who speak a dialect. */
@Entity({ name: 'exchange_items', withoutRowid: true })
@Index('exchange_items_by_run', ['context_id', 'run_id', 'message_id'])
export class ExchangeItemEntity {
  @PrimaryColumn('text') context_id!: ContextId;
  @PrimaryColumn('text') message_id!: MessageId;
  /** Null for one that came with no exchange, or whose exchange was deleted. */
  @Column('text', { nullable: true }) run_id!: RunId | null;
  /** 1 for what a model answered. */
  @Column('integer') is_output!: number;
  /**
   * JSON of the PromptMessage; `null` for a message that the one before it speaks for. NULL where the message says all
   * of it itself.
   */
  @Column('text', { nullable: true }) prompt!: string | null;
  /** JSON of the item as its dialect said it. */
  @Column('text', { nullable: true }) raw!: string | null;
}
