import { Controller, Delete, Get, Headers, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerConditionally } from '../http/conditional.js';
import { samples } from '../http/fields.js';
import { FileForm, MultipartBody } from '../http/multipart.js';
import { AttachmentPath, Operation, Tag } from '../http/operation.js';
import { Caller, IdempotencyKey, PathAttachmentId } from '../http/params.js';
import type { AttachmentId, Owner } from '../kernel/ids.js';
import type { RequestKey } from '../kernel/request-key.js';
import { AttachmentsPull } from './attachments.pull.js';
import { AttachmentsService } from './attachments.service.js';
import { ListAttachments, UploadAttachment } from './dto/attachment-requests.js';
import { AttachmentList, AttachmentView } from './dto/attachment-views.js';

const location = { about: 'The path of the attachment.', example: `/attachments/${samples.attachment}` };
const tag = {
  about: 'The SHA-256 of the bytes, and with them of everything that can change.',
  example: '"9f86d081"',
};

@Tag('attachments')
@Controller('attachments')
export class AttachmentsController {
  constructor(
    private readonly service: AttachmentsService,
    private readonly pull: AttachmentsPull,
  ) {}

  @Post()
  @MultipartBody()
  @FileForm(UploadAttachment)
  @Operation({
    id: 'uploadAttachment',
    summary: 'Attach a file',
    about:
      'A form (`multipart/form-data`) with one field, `file`. What its bytes are must agree with the type that it comes with. The same bytes under the same name and type are the same attachment: sent again, they are answered 200.',
    answer: {
      status: 201,
      about: 'The new attachment.',
      type: AttachmentView,
      headers: { Location: location },
      example: { is_referenced: false },
      others: { 200: 'It was there already.' },
    },
    errors: [
      'invalid_request',
      'request_timeout',
      'body_too_large',
      'limit_exceeded',
      'unsupported_media_type',
      'attachment_refused',
      'too_many_requests',
    ],
    isIdempotent: true,
  })
  async upload(
    @Req() request: FastifyRequest,
    @Caller() owner: Owner,
    @IdempotencyKey() key: RequestKey | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AttachmentView> {
    const { attachment, isNew } = await this.service.upload(request, owner, key);
    void reply.status(isNew ? 201 : 200).header('location', `/attachments/${attachment.id}`);
    return AttachmentView.of(attachment);
  }

  @Get()
  @Operation({
    id: 'listAttachments',
    summary: 'List attachments',
    about: 'The newest first.',
    answer: { status: 200, about: 'One page.', type: AttachmentList },
    errors: ['invalid_request'],
  })
  async list(@Caller() owner: Owner, @Query() query: ListAttachments): Promise<AttachmentList> {
    const { attachments, next_cursor } = await this.pull.list(owner, query);
    return { attachments: attachments.map((attachment) => AttachmentView.of(attachment)), next_cursor };
  }

  @Get(':attachment_id')
  @AttachmentPath
  @Operation({
    id: 'getAttachment',
    summary: 'Get an attachment',
    about: 'What is known of it; its bytes are at `/content`.',
    answer: { status: 200, about: 'The attachment.', type: AttachmentView, headers: { ETag: tag } },
    errors: ['attachment_not_found'],
    isConditional: true,
  })
  async get(
    @PathAttachmentId() id: AttachmentId,
    @Caller() owner: Owner,
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AttachmentView | undefined> {
    const view = AttachmentView.of(await this.pull.get(id, owner));
    const etag = `"${view.sha256.slice(0, 16)}-${view.is_referenced ? 1 : 0}"`;
    return answerConditionally(reply, { etag }, known, () => view);
  }

  @Delete(':attachment_id')
  @AttachmentPath
  @Operation({
    id: 'deleteAttachment',
    summary: 'Delete an attachment',
    about: 'Only one that no message refers to.',
    answer: { status: 204, about: 'It is gone.' },
    errors: ['attachment_not_found', 'attachment_in_use'],
  })
  remove(@PathAttachmentId() id: AttachmentId, @Caller() owner: Owner): Promise<void> {
    return this.service.remove(id, owner);
  }
}
