import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { BranchId, ContextId, MessageId } from '../kernel/ids.js';

/**
 * A named head. Its messages are those of `parent_branch` up to `fork_depth`, then its own, at depths
 * `fork_depth + 1 … head_depth` without a gap: a page of any branch is a few index ranges, however long it is.
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
}
