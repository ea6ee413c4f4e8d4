import { Component, Flag, Id, Int, NestedList, samples, Text, Timestamp } from '../../http/fields.js';
import { toTimestamp } from '../../kernel/clock.js';
import type { AttachmentEntity } from '../attachment.entity.js';

@Component({ name: 'Attachment', about: 'A file of yours that messages can refer to.' })
export class AttachmentView {
  @Id({ about: 'What messages refer to it by.', example: samples.attachment }) readonly id!: string;
  @Text({ about: 'As it was sent.', max: 255, example: 'notes.md' }) readonly name!: string;
  @Text({ about: 'Its type, which its bytes agree with.', max: 255, example: 'text/markdown' })
  readonly mime_type!: string;
  @Int({ about: 'Bytes.', min: 0, example: 2048 }) readonly size_bytes!: number;
  @Text({
    about: 'SHA-256 of the bytes, in hex.',
    max: 64,
    pattern: /^[0-9a-f]{64}$/,
    example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  })
  readonly sha256!: string;
  @Flag({ about: 'Whether messages refer to it, so that it stays.', example: true })
  readonly is_referenced!: boolean;
  @Timestamp({ about: 'When it was first sent.' }) readonly created_at!: string;

  static of(attachment: AttachmentEntity): AttachmentView {
    const { id, name, mime_type, size_bytes, sha256, unreferenced_since, created_at } = attachment;
    return {
      ...{ id, name, mime_type, size_bytes, sha256 },
      is_referenced: unreferenced_since === null,
      created_at: toTimestamp(created_at),
    };
  }
}

@Component({ about: 'One page of attachments, the newest first.' })
export class AttachmentList {
  @NestedList(() => AttachmentView, { about: 'The attachments.', maxItems: 200 })
  readonly attachments!: readonly AttachmentView[];
  @Text({ about: 'For the next page; null on the last.', max: 500, nullable: true })
  readonly next_cursor!: string | null;
}
