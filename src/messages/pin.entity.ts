import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ContextId, MessageId } from '../kernel/ids.js';

/** A message that the model is sent whatever becomes of its turn. */
@Entity({ name: 'pins', withoutRowid: true })
export class PinEntity {
  @PrimaryColumn('text') context_id!: ContextId;
  @PrimaryColumn('text') message_id!: MessageId;
  @Column('bigint') created_at!: number;
}
