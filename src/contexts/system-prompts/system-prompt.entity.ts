import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Owner, SystemPromptId } from '../../kernel/ids.js';

/** A system prompt that contexts can name. What it says is in its versions. */
@Entity({ name: 'system_prompts', withoutRowid: true })
@Index('system_prompts_by_owner', ['owner', 'created_at', 'id'])
export class SystemPromptEntity {
  @PrimaryColumn('text') id!: SystemPromptId;
  @Column('text') owner!: Owner;
  @Column('text') name!: string;
  @Column('text', { nullable: true }) description!: string | null;
  /** The newest; they are counted from 1. */
  @Column('integer') version!: number;
  /** Moves with every change. */
  @Column('integer') revision!: number;
  @Column('bigint') created_at!: number;
  @Column('bigint') updated_at!: number;
}

/** What a system prompt said from a change on; never changed again. */
@Entity({ name: 'system_prompt_versions', withoutRowid: true })
export class SystemPromptVersionEntity {
  @PrimaryColumn('text') prompt_id!: SystemPromptId;
  @PrimaryColumn('integer') version!: number;
  @Column('text') content!: string;
  /** JSON of a list of Variable. */
  @Column('text') variables!: string;
  @Column('bigint') created_at!: number;
}
