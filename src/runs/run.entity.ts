import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { BranchId, ContextId, MessageId, RunId } from '../kernel/ids.js';

/** One execution of a turn. It belongs to one node through its lease; the row is the truth, a wake-up is a hint. */
@Entity({ name: 'runs', withoutRowid: true })
@Index('runs_by_context', ['context_id', 'status', 'id'])
@Index('runs_by_status', ['status', 'lease_until', 'id'])
export class RunEntity {
  @PrimaryColumn('text') id!: RunId;
  @Column('text') context_id!: ContextId;
  @Column('text') branch!: BranchId;
  /** `title` works beside the turn; every other kind holds it and moves the context's state. */
  @Column('text') kind!: string;
  @Column('text') status!: string;
  /** The message it answers; for a queued run the id that its message will have. */
  @Column('text', { nullable: true }) message_id!: MessageId | null;
  /** The model asked for; null: the context's or the deployment's. */
  @Column('text', { nullable: true }) model!: string | null;
  /** The model that answers, from its first call on: a turn goes on with the model that it began with. */
  @Column('text', { nullable: true }) answering_model!: string | null;
  /** JSON of the message that a queued run will add, or of the title that a title run found. */
  @Column('text', { nullable: true }) input!: string | null;
  @Column('text', { nullable: true }) lease_owner!: string | null;
  @Column('bigint') lease_until!: number;
  /** The round of tool calls that is open, or was last; 0 before the first. */
  @Column('integer', { default: 0 }) depth!: number;
  /** JSON {code, message} once failed. */
  @Column('text', { nullable: true }) error!: string | null;
  /** The `traceparent` of the request that asked for it; null where nobody wanted traces. */
  @Column('text', { nullable: true }) trace_parent!: string | null;
  @Column('bigint') created_at!: number;
  @Column('bigint', { nullable: true }) ended_at!: number | null;
}
