import { Component, Field, QueryInt, samples, Cursor } from '../../http/fields.js';

@Component({ about: 'A form with one file.' })
export class UploadAttachment {
  @Field(
    {
      about: 'The file. Its part names it (`filename`) and says its type (`Content-Type`).',
      example: 'Buy milk.',
    },
    { schema: { type: 'string', format: 'binary' }, problem: () => undefined },
  )
  readonly file!: unknown;
}

export class ListAttachments {
  @QueryInt({ about: 'Attachments per page.', min: 1, max: 200, default: 50 })
  readonly limit!: number;

  @Cursor([Date.parse(samples.time), samples.attachment])
  readonly cursor?: string;
}
