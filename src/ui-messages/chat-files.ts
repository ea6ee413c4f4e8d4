import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { AttachmentsService } from '../attachments/attachments.service.js';
import { isPicture } from '../attachments/files/media-kinds.js';
import { DomainError } from '../kernel/domain-error.js';
import { isId, type Owner } from '../kernel/ids.js';
import type { MessagePayload } from '../messages/message-kinds.js';
import type { UiFile } from './convert-request.js';

const maxAddress = 8192;

/** Makes messages of the files that a page sends: what is in itself becomes an attachment. */
@Injectable()
export class ChatFiles {
  constructor(private readonly attachments: AttachmentsService) {}

  /** What AttachmentsService refuses is refused; `invalid_request` for an address of another sort. */
  async payloadOf(file: UiFile, owner: Owner): Promise<MessagePayload> {
    const { url, filename } = file;
    const attachmentId = /^(?:https?:\/\/[^/]+)?\/attachments\/([\da-f-]{36})\/content$/.exec(url)?.[1];
    if (isId(attachmentId)) return referTo(attachmentId, file.mediaType, filename);
    if (url.startsWith('data:')) {
      const name = filename ?? `file.${file.mediaType.split(/[/+;]/)[1] ?? 'bin'}`;
      const sent = { name, declared: file.mediaType, content: Readable.from([bytesOf(url)]) };
      const { attachment } = await this.attachments.add(sent, owner);
      return referTo(attachment.id, attachment.mime_type, attachment.name);
    }
    const isImage = file.mediaType.startsWith('image/');
    if (isImage && /^https?:\/\//i.test(url) && url.length <= maxAddress && URL.canParse(url))
      return { kind: 'image', data: { source: { url }, recognition_mode: 'auto' } };
    throw wrongFile('must be a data URL, an attachment of this server, or the address of an image');
  }
}

const referTo = (attachment_id: string, type: string, name: string | undefined): MessagePayload =>
  isPicture(type) || type === 'image/*'
    ? { kind: 'image', data: { source: { attachment_id }, recognition_mode: 'auto' } }
    : { kind: 'file_reference', data: { path: name ?? 'file', attachment_id } };

function bytesOf(url: string): Buffer {
  const comma = url.indexOf(',');
  const isBase64 = /;base64$/i.test(url.slice(0, comma));
  if (comma < 0) throw wrongFile('must be a whole data URL');
  const said = url.slice(comma + 1);
  if (isBase64 && /^[A-Za-z0-9+/]*={0,2}$/.test(said)) return Buffer.from(said, 'base64');
  if (isBase64) throw wrongFile('must be base64');
  try {
    return Buffer.from(decodeURIComponent(said));
  } catch {
    throw wrongFile('must be a whole data URL');
  }
}

const wrongFile = (message: string): DomainError =>
  new DomainError('invalid_request', `The url of a file ${message}.`, { errors: [{ path: 'url', message }] });
