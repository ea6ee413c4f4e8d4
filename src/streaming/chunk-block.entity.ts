import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { MessageId } from '../kernel/ids.js';

/** Up to `blockSize` consecutive chunks of a final message, packed into one row. */
@Entity({ name: 'chunk_blocks', withoutRowid: true })
export class ChunkBlockEntity {
  @PrimaryColumn('text') message_id!: MessageId;
  @PrimaryColumn('bigint') first_sequence!: number;
  @Column('bigint') last_sequence!: number;
  /** JSON, see block-format.ts. */
  @Column('text') chunks!: string;
}
