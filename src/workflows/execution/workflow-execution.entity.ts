import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { ContextId, MessageId, RunId } from '../../kernel/ids.js';

/** What a run of kind `workflow` executes. Its status and its lease are the run's. */
@Entity({ name: 'workflow_executions', withoutRowid: true })
@Index('workflow_executions_by_context', ['context_id', 'run_id'])
export class WorkflowExecutionEntity {
  @PrimaryColumn('text') run_id!: RunId;
  @Column('text') context_id!: ContextId;
  @Column('text') workflow_id!: string;
  /** JSON of the workflow as it was at the beginning: what is changed in the file later is for later executions. */
  @Column('text') workflow!: string;
  /** JSON. */
  @Column('text') input!: string;
  /** The message that shows it. */
  @Column('text') message_id!: MessageId;
  /** 1 from the request to pause until the one to resume. */
  @Column('integer') is_paused!: number;
  /** JSON, once completed. */
  @Column('text', { nullable: true }) result!: string | null;
  @Column('bigint') created_at!: number;
  @Column('bigint') updated_at!: number;
}
