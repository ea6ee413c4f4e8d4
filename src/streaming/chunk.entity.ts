import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { MessageId } from '../kernel/ids.js';

/** One appended piece of a streaming message. */
@Entity({ name: 'chunks', withoutRowid: true })
export class ChunkEntity {
  @PrimaryColumn('text') message_id!: MessageId;
  /** 1, 2, 3, … without gaps. */
  @PrimaryColumn('bigint') sequence!: number;
  @Column('text') kind!: string;
  /** A JSON string literal as well. */
  @Column('text', { nullable: true }) tool_call_id!: string | null;
  /** The delta as a JSON string literal: NUL and half a surrogate pair survive on both dialects. */
  @Column('text') delta!: string;
  @Column('bigint') created_at!: number;
}
