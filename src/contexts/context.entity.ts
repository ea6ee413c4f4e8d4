import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { BranchId, ContextId, Owner } from '../kernel/ids.js';

/** One conversation. `revision` is the cursor of everything about it but the inside of a streaming message. */
@Entity({ name: 'contexts', withoutRowid: true })
@Index('contexts_by_activity', ['owner', 'is_archived', 'updated_at', 'id'])
@Index('contexts_by_state', ['owner', 'state_type', 'updated_at', 'id'])
export class ContextEntity {
  @PrimaryColumn('text') id!: ContextId;
  @Column('text') owner!: Owner;
  @Column('text', { nullable: true }) title!: string | null;
  /** The title in the form that `q` is compared with, so that both dialects fold case alike. */
  @Column('text', { nullable: true }) title_folded!: string | null;
  /** `user` or `generated`: a generated title never replaces one set by hand, nor one that was removed by hand. */
  @Column('text', { nullable: true }) title_source!: string | null;
  /** JSON. */
  @Column('text') config!: string;
  @Column('text') state_type!: string;
  /** JSON of the ContextState. */
  @Column('text') state!: string;
  /** 0 or 1; derived from the state, for the index. */
  @Column('integer') is_archived!: number;
  @Column('text') active_branch!: BranchId;
  /** Another number whenever messages have left the pool, or have come into it from outside with ids of their own. */
  @Column('bigint', { default: 0 }) pool_epoch!: number;
  @Column('bigint') revision!: number;
  /** Milliseconds since the epoch. */
  @Column('bigint') created_at!: number;
  @Column('bigint') updated_at!: number;
}
