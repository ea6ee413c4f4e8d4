import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A file in the folder of attachments, whoever has attached it. Its row goes before the file, and comes after it. */
@Entity({ name: 'attachment_files', withoutRowid: true })
export class AttachmentFileEntity {
  @PrimaryColumn('text') sha256!: string;
  /** Below the folder of attachments. No other file has it or will have it. */
  @Column('text') path!: string;
  @Column('bigint') size_bytes!: number;
  @Column('bigint') created_at!: number;
}
