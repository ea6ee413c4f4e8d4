import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { RunId } from '../../kernel/ids.js';

/** One step at one place of an execution: what a restart goes by. */
@Entity({ name: 'workflow_steps', withoutRowid: true })
export class WorkflowStepEntity {
  @PrimaryColumn('text') run_id!: RunId;
  /** `each/2/read`. */
  @PrimaryColumn('text') path!: string;
  @Column('text') step_id!: string;
  @Column('text') kind!: string;
  /** started, waiting, finished or failed. */
  @Column('text') status!: string;
  @Column('integer') attempts!: number;
  /** JSON of the output once finished, of the question while waiting. */
  @Column('text', { nullable: true }) output!: string | null;
  /** JSON {code, message} once failed. */
  @Column('text', { nullable: true }) error!: string | null;
  @Column('bigint') started_at!: number;
  @Column('bigint', { nullable: true }) ended_at!: number | null;
}
