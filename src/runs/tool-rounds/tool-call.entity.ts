import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { ContextId, MessageId, RunId } from '../../kernel/ids.js';

/**
 * One call of a round that is open. The messages in the pool are what lasts; the rows are there so that the round can
 * wait, and can go on where it was, and they go with it.
 */
@Entity({ name: 'tool_calls', withoutRowid: true })
@Index('tool_calls_by_end', ['ends_by'])
export class ToolCallEntity {
  @PrimaryColumn('text') context_id!: ContextId;
  @PrimaryColumn('text') run_id!: RunId;
  /** Its place in the answer, from 0. */
  @PrimaryColumn('integer') position!: number;
  @Column('text') tool_call_id!: string;
  /** As the model wrote it. */
  @Column('text') tool_name!: string;
  /** The MCP server whose tool it is, and the tool's name there. */
  @Column('text', { nullable: true }) server_name!: string | null;
  @Column('text', { nullable: true }) original_name!: string | null;
  /** JSON text as the model wrote it, valid or not. */
  @Column('text') arguments!: string;
  @Column('text') request_message_id!: MessageId;
  /** Of a call that a cancelled turn left running: the message that its outcome will go to. */
  @Column('text', { nullable: true }) result_message_id!: MessageId | null;
  @Column('text') status!: string;
  /** 1 for a tool that only reads: after a crash it may be run again. */
  @Column('integer') is_repeatable!: number;
  /** How often it was started. */
  @Column('integer') attempts!: number;
  /** Of a call that a cancelled turn left running: when it has ended for sure, in ms since the epoch; else 0. */
  @Column('bigint') ends_by!: number;
  /** Who approved or denied it; null where the policy did. */
  @Column('text', { nullable: true }) decided_by!: string | null;
  /** JSON of what came of it, once that is known. */
  @Column('text', { nullable: true }) outcome!: string | null;
}
