import { isId, type AttachmentId } from '../kernel/ids.js';

/** The attachment that a payload refers to; undefined where it refers to none. Pure. */
export function mapToAttachment(payload: {
  readonly kind: string;
  readonly data: object;
}): AttachmentId | undefined {
  if (payload.kind === 'file_reference') return idIn(payload.data);
  if (payload.kind !== 'image') return undefined;
  const { source } = payload.data as { readonly source?: unknown };
  return typeof source === 'object' && source !== null ? idIn(source) : undefined;
}

function idIn(holder: object): AttachmentId | undefined {
  const { attachment_id } = holder as { readonly attachment_id?: unknown };
  return isId(attachment_id) ? (attachment_id as AttachmentId) : undefined;
}
