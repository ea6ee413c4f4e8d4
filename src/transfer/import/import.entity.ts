import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An import under way. */
@Entity({ name: 'imports', withoutRowid: true })
@Index('imports_by_lease', ['lease_until'])
export class ImportEntity {
  @PrimaryColumn('text') id!: string;
  /** Past it, whoever imports is gone, and what was written is to be removed. */
  @Column('bigint') lease_until!: number;
}
