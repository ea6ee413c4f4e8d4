import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { ContextId, Owner } from '../kernel/ids.js';

/** Why a context was deleted: somebody asked for it, or its time to live was over. */
export type DeletionReason = 'requested' | 'expired';

/** A context that is deleted: its row, out of the way of whoever looks for contexts. All else of it is where it was. */
@Entity({ name: 'deleted_contexts', withoutRowid: true })
@Index('deleted_contexts_by_time', ['owner', 'deleted_at', 'id'])
@Index('deleted_contexts_by_purge', ['purge_at'])
export class DeletedContextEntity {
  @PrimaryColumn('text') id!: ContextId;
  @Column('text') owner!: Owner;
  /** JSON of its row in `contexts`, at the revision of the deletion. */
  @Column('text') context!: string;
  @Column('text') reason!: DeletionReason;
  /** Milliseconds since the epoch. */
  @Column('bigint') deleted_at!: number;
  /** From when on it cannot come back and all of it is removed; 0 once that was begun or asked for. */
  @Column('bigint') purge_at!: number;
}
