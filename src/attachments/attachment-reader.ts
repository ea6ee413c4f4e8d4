import { Injectable } from '@nestjs/common';
import { DomainError } from '../kernel/domain-error.js';
import type { Owner } from '../kernel/ids.js';
import type { MessagePayload } from '../messages/message-kinds.js';
import { attachmentNotFound, AttachmentsPull, type StoredAttachment } from './attachments.pull.js';
import { AttachmentFolder } from './files/attachment-folder.js';
import { isPicture, isText } from './files/media-kinds.js';
import { mapToAttachment } from './map-to-attachment.js';

export type ReadAttachment =
  | { readonly type: 'read'; readonly attachment: StoredAttachment; readonly bytes: Buffer }
  | { readonly type: 'missing' }
  | { readonly type: 'too_large'; readonly attachment: StoredAttachment }
  | { readonly type: 'wrong_type'; readonly attachment: StoredAttachment };

/** What messages may refer to, and what models are sent of it. */
@Injectable()
export class AttachmentReader {
  constructor(
    private readonly pull: AttachmentsPull,
    private readonly folder: AttachmentFolder,
  ) {}

  /**
   * The payload with the attachment's name as the path of its file; any other payload as it is. `attachment_not_found`,
   * and `unprocessable` where what it refers to is no image that models are shown, or, to be sent to a model, no text.
   */
  async accept<Payload extends MessagePayload>(
    payload: Payload,
    owner: Owner,
    use: 'ask' | 'keep' = 'ask',
  ): Promise<Payload> {
    const id = mapToAttachment(payload);
    if (!id) return payload;
    const found = await this.pull.find(id, owner);
    if (!found) throw attachmentNotFound(id);
    const { name, mime_type } = found;
    if (payload.kind === 'image') {
      if (isPicture(mime_type)) return payload;
      throw new DomainError('unprocessable', `${name} is ${mime_type}, and no image that a model is shown.`);
    }
    if (use === 'ask' && !isText(mime_type))
      throw new DomainError(
        'unprocessable',
        `${name} is ${mime_type}, and no text that a model can be sent.`,
      );
    return { ...payload, data: { ...payload.data, path: name } };
  }

  readText(id: string, owner: Owner, maxBytes: number): Promise<ReadAttachment> {
    return this.read(id, owner, maxBytes, isText);
  }

  readPicture(id: string, owner: Owner, maxBytes: number): Promise<ReadAttachment> {
    return this.read(id, owner, maxBytes, isPicture);
  }

  private async read(
    id: string,
    owner: Owner,
    maxBytes: number,
    isWanted: (mimeType: string) => boolean,
  ): Promise<ReadAttachment> {
    const attachment = await this.pull.find(id, owner);
    if (!attachment) return { type: 'missing' };
    if (!isWanted(attachment.mime_type)) return { type: 'wrong_type', attachment };
    if (attachment.size_bytes > maxBytes) return { type: 'too_large', attachment };
    const file = await this.folder.open(attachment.path);
    try {
      return { type: 'read', attachment, bytes: await file.readFile() };
    } finally {
      await file.close();
    }
  }
}
