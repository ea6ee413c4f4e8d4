import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { ContextId, Owner } from '../../kernel/ids.js';

/** What was done to a context's existence. Rows are added and, when they are old, removed; never changed. */
@Entity({ name: 'audit_log', withoutRowid: true })
@Index('audit_log_by_owner', ['owner', 'id'])
@Index('audit_log_by_age', ['created_at'])
export class AuditEntryEntity {
  /** Sorted by time. */
  @PrimaryColumn('text') id!: string;
  @Column('text') owner!: Owner;
  /** The owner who asked for it, or `retention` when its time had come. */
  @Column('text') actor!: string;
  @Column('text') action!: string;
  @Column('text', { nullable: true }) context_id!: ContextId | null;
  /** JSON. Never what people wrote. */
  @Column('text') facts!: string;
  /** Milliseconds since the epoch. */
  @Column('bigint') created_at!: number;
}
