import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { BranchId, ContextId, MessageId } from '../kernel/ids.js';

/**
 * A named head. Its line is that of `parent_branch` up to `fork_depth`, then what stands on it itself, at depths
 * `fork_depth + 1 … head_depth` without a gap: its own messages, and between them those that its parts borrow.
 */
@Entity({ name: 'branches', withoutRowid: true })
export class BranchEntity {
  @PrimaryColumn('text') context_id!: ContextId;
  @PrimaryColumn('text') id!: BranchId;
  @Column('text') name!: string;
  @Column('text', { nullable: true }) parent_branch!: BranchId | null;
  @Column('integer') fork_depth!: number;
  @Column('text', { nullable: true }) head_message_id!: MessageId | null;
  @Column('integer') head_depth!: number;
  @Column('bigint') created_at!: number;
  /** JSON of the BranchConfig. */
  @Column('text', { default: '{}' }) config!: string;
  /** Of one that nobody sees any more, but whose messages other branches still have. */
  @Column('bigint', { nullable: true }) deleted_at!: number | null;
  /** Where a user first speaks on its line. */
  @Column('integer', { nullable: true }) first_user_depth!: number | null;
}
