import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { BranchId, ContextId } from '../kernel/ids.js';

/**
 * What a branch borrows: at `depth` of its line, as many messages as `length`, which were written to `source_branch` from
 * its `source_depth` on. That is always where they were written, never another part.
 */
@Entity({ name: 'branch_parts', withoutRowid: true })
export class BranchPartEntity {
  @PrimaryColumn('text') context_id!: ContextId;
  @PrimaryColumn('text') branch!: BranchId;
  @PrimaryColumn('integer') depth!: number;
  @Column('integer') length!: number;
  @Column('text') source_branch!: BranchId;
  @Column('integer') source_depth!: number;
}
