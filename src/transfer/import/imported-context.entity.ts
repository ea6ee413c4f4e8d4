import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { ContextId } from '../../kernel/ids.js';

/** A context that is being imported: its messages are written already, and nobody can see them. */
@Entity({ name: 'imported_contexts', withoutRowid: true })
@Index('imported_contexts_by_import', ['import_id'])
export class ImportedContextEntity {
  @PrimaryColumn('text') context_id!: ContextId;
  @Column('text') import_id!: string;
  /** The row that the context will be, as JSON. */
  @Column('text') context!: string;
}
