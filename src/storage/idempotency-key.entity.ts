import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity({ name: 'idempotency_keys', withoutRowid: true })
@Index('idempotency_keys_by_age', ['created_at'])
export class IdempotencyKeyEntity {
  @PrimaryColumn('text') owner!: string;
  @PrimaryColumn('text') key!: string;
  @Column('text') fingerprint!: string;
  /** The recorded answer as JSON; null only inside the unit that makes it. */
  @Column('text', { nullable: true }) answer!: string | null;
  @Column('bigint') created_at!: number;
}
