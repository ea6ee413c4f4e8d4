import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { BranchId, ContextId, MessageId } from '../kernel/ids.js';

/** A message of a context's pool. Only a `streaming` one may change; no message is rewritten once final. */
@Entity({ name: 'messages', withoutRowid: true })
@Index('messages_by_revision', ['context_id', 'revision'], { unique: true })
@Index('messages_by_id', ['id'], { unique: true })
@Index('messages_by_place', ['context_id', 'branch', 'depth'], { unique: true })
@Index('messages_summaries', ['context_id', 'branch', 'depth'], { where: `kind = 'summary'` })
export class MessageEntity {
  @PrimaryColumn('text') context_id!: ContextId;
  @PrimaryColumn('text') id!: MessageId;
  /** The branch it was created on; the forks of that branch share it. */
  @Column('text') branch!: BranchId;
  /** 1-based place in the chain from the first message. */
  @Column('integer') depth!: number;
  @Column('text', { nullable: true }) parent_id!: MessageId | null;
  @Column('text') role!: string;
  @Column('text') kind!: string;
  @Column('text') status!: string;
  /** The context's revision at which it was added or last changed. */
  @Column('bigint') revision!: number;
  @Column('bigint') created_at!: number;
  /** Of a streamed message once it is final: its last chunk, so that a chunk pull need not read the body. */
  @Column('bigint', { nullable: true }) final_sequence!: number | null;
  @Column('text', { nullable: true }) finish_reason!: string | null;
  /** JSON. */
  @Column('text') metadata!: string;
  /** JSON of the kind's data. */
  @Column('text') data!: string;
}
