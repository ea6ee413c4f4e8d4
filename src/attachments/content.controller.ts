import { Readable } from 'node:stream';
import { Controller, Get, Headers, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { matchesIfNoneMatch } from '../http/etag.js';
import { AttachmentPath, Operation, RequestHeader, Tag } from '../http/operation.js';
import { Caller, PathAttachmentId } from '../http/params.js';
import { securityHeaders } from '../http/security-headers.js';
import { DomainError } from '../kernel/domain-error.js';
import type { AttachmentId, Owner } from '../kernel/ids.js';
import { AttachmentsPull, type StoredAttachment } from './attachments.pull.js';
import { AttachmentFolder } from './files/attachment-folder.js';
import { isPicture, isText } from './files/media-kinds.js';
import { convertToDisposition } from './files/name-policy.js';
import { contentRange, readRange } from './files/range-format.js';

const shownHeaders = {
  ETag: { about: 'The SHA-256 of the bytes.', example: '"9f86d081884c7d659a2feaa0c55ad015"' },
  'Accept-Ranges': { about: 'Parts can be asked for.', example: 'bytes' },
  'Content-Disposition': {
    about: 'Images may be shown where they are; everything else is to be saved.',
    example: `attachment; filename="notes.md"; filename*=UTF-8''notes.md`,
  },
};

/** The bytes of attachments, for whoever attached them. */
@Tag('attachments')
@Controller('attachments')
export class AttachmentContentController {
  constructor(
    private readonly pull: AttachmentsPull,
    private readonly folder: AttachmentFolder,
  ) {}

  @Get(':attachment_id/content')
  @AttachmentPath
  @RequestHeader({
    name: 'Range',
    required: false,
    description: 'One range of bytes; with several, the answer is the whole file.',
    schema: { type: 'string' },
    example: 'bytes=0-1023',
  })
  @RequestHeader({
    name: 'If-Range',
    required: false,
    description: 'The `ETag` of the file that the client has a part of; another file is answered whole.',
    schema: { type: 'string' },
    example: '"9f86d081884c7d659a2feaa0c55ad015"',
  })
  @Operation({
    id: 'getAttachmentContent',
    summary: 'Download an attachment',
    about:
      'The bytes as they were sent; they never change. Text of any sort comes as `text/plain`, so that no browser runs it.',
    answer: {
      status: 200,
      about: 'The whole file.',
      mediaType: '*/*',
      schema: { type: 'string', format: 'binary', example: 'Buy milk.' },
      headers: shownHeaders,
      others: { 206: 'The part of it that was asked for.' },
      headersOf: {
        206: {
          'Content-Range': { about: 'Which bytes these are, and of how many.', example: 'bytes 0-8/19' },
        },
        416: { 'Content-Range': { about: 'How many bytes there are.', example: 'bytes */19' } },
      },
    },
    errors: ['attachment_not_found', 'range_not_satisfiable'],
    isConditional: true,
  })
  async content(
    @PathAttachmentId() id: AttachmentId,
    @Caller() owner: Owner,
    @Headers() headers: Readonly<Record<string, string | undefined>>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const found = await this.pull.get(id, owner);
    const etag = `"${found.sha256}"`;
    void reply.headers(headersOf(found, etag));
    const known = headers['if-none-match'];
    if (known !== undefined && matchesIfNoneMatch(known, etag)) return void reply.status(304).send();
    const range = readRange({ range: headers.range, ifRange: headers['if-range'], etag }, found.size_bytes);
    if (range === 'none') throw notThere(reply, found.size_bytes);
    const part = range === 'whole' ? { first: 0, last: found.size_bytes - 1 } : range;
    if (range !== 'whole')
      void reply.status(206).header('content-range', contentRange(part, found.size_bytes));
    void reply.header('content-length', part.last - part.first + 1);
    await reply.send(request.method === 'HEAD' ? Readable.from([]) : await this.read(found, part));
  }

  private async read(
    { path, size_bytes }: StoredAttachment,
    { first, last }: { first: number; last: number },
  ) {
    const file = await this.folder.open(path);
    if (size_bytes > 0) return file.createReadStream({ start: first, end: last });
    await file.close();
    return Readable.from([]);
  }
}

/** Whatever a file is, a browser that opens its address runs nothing of it, in nobody's name. */
const headersOf = ({ mime_type, name }: StoredAttachment, etag: string): Record<string, string> => ({
  etag,
  'accept-ranges': 'bytes',
  'cache-control': 'private, max-age=31536000, immutable',
  'content-type': isText(mime_type) ? 'text/plain; charset=utf-8' : mime_type,
  'content-disposition': convertToDisposition(isPicture(mime_type) ? 'inline' : 'attachment', name),
  'content-security-policy': `${securityHeaders['content-security-policy']};sandbox`,
});

function notThere(reply: FastifyReply, size: number): DomainError {
  for (const name of ['etag', 'content-disposition', 'accept-ranges']) reply.removeHeader(name);
  void reply.header('content-range', `bytes */${size}`);
  return new DomainError('range_not_satisfiable', `The file has ${size} bytes.`, { size_bytes: size });
}
