import type { Attachment, MessagePayload } from '@pullcord/client/api';

/** A file that the server has. */
export interface Attached {
  /** That of its upload. */
  readonly key: number;
  readonly attachment: Attachment;
}

const images: readonly string[] = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

/** An image is shown to the model, anything else is a file for it to read. Pure. */
export const toPayload = ({ id, mime_type }: Attachment): MessagePayload =>
  images.includes(mime_type)
    ? { kind: 'image', data: { source: { attachment_id: id }, recognition_mode: 'auto' } }
    : { kind: 'file_reference', data: { attachment_id: id } };
