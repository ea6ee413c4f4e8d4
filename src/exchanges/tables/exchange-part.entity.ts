import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ContextId, RunId } from '../../kernel/ids.js';

/** A part of a model's answer that is no chunk of its message, or says more of the chunk behind it. */
@Entity({ name: 'exchange_parts', withoutRowid: true })
export class ExchangePartEntity {
  @PrimaryColumn('text') context_id!: ContextId;
  @PrimaryColumn('text') run_id!: RunId;
  /** 1 for the first; no gaps. */
  @PrimaryColumn('integer') position!: number;
  /** The chunk that it follows; 0 before the first. */
  @Column('bigint') after_sequence!: number;
  /** JSON of a Mark. */
  @Column('text') part!: string;
}
