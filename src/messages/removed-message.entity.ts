import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ContextId, MessageId } from '../kernel/ids.js';

/** A message that has left a pool whose context is still there, so that whoever has pulled it hears of that. */
@Entity({ name: 'removed_messages', withoutRowid: true })
export class RemovedMessageEntity {
  @PrimaryColumn('text') context_id!: ContextId;
  /** The context's revision when it left; each has one of its own. */
  @PrimaryColumn('bigint') revision!: number;
  @Column('text') id!: MessageId;
}
