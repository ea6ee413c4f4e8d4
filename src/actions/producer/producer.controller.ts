import { Body, Controller, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { samples } from '../../http/fields.js';
import { ContextPath, MessagePath, Operation, Tag } from '../../http/operation.js';
import { Caller, IdempotencyKey, PathContextId, PathMessageId } from '../../http/params.js';
import type { ContextId, MessageId, Owner } from '../../kernel/ids.js';
import type { RequestKey } from '../../kernel/request-key.js';
import { BeginStreamCommand } from './begin-stream.js';
import { FinalizeStreamCommand } from './finalize-stream.js';
import { BeginStream, Finalized, FinalizeStream, StreamBegun } from './producer-requests.js';

/** For a model that runs elsewhere: this service keeps and serves its stream. */
@Tag('streaming')
@Controller('contexts/:context_id/messages')
export class ProducerController {
  constructor(
    private readonly beginStream: BeginStreamCommand,
    private readonly finalizeStream: FinalizeStreamCommand,
  ) {}

  @Post('streaming')
  @ContextPath
  @Operation({
    id: 'beginStream',
    summary: 'Begin a message that is streamed from elsewhere',
    about:
      'The model runs outside of this service, which keeps its stream and serves it like any other. The message is `streaming` until it is finalized.',
    answer: {
      status: 201,
      about: 'The message.',
      type: StreamBegun,
      headers: {
        Location: {
          about: 'The path of the message.',
          example: `/contexts/${samples.context}/messages/${samples.message}`,
        },
      },
    },
    errors: [
      'invalid_request',
      'context_not_found',
      'branch_not_found',
      'context_busy',
      'illegal_transition',
    ],
    isIdempotent: true,
  })
  async begin(
    @PathContextId() id: ContextId,
    @Caller() owner: Owner,
    @Body() body: BeginStream,
    @IdempotencyKey() key: RequestKey | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamBegun> {
    const begun = await this.beginStream.execute(id, owner, body, key);
    void reply.header('location', `/contexts/${id}/messages/${begun.message_id}`);
    return begun;
  }

  @Post(':message_id/finalize')
  @ContextPath
  @MessagePath
  @Operation({
    id: 'finalizeStream',
    summary: 'End a message that was streamed from elsewhere',
    about:
      'It becomes final with everything that was appended; its text is the `text` chunks, joined in order.',
    answer: { status: 200, about: 'It is final.', type: Finalized },
    errors: ['invalid_request', 'context_not_found', 'message_not_found', 'stream_closed'],
    isIdempotent: true,
  })
  finalize(
    @PathContextId() id: ContextId,
    @PathMessageId() messageId: MessageId,
    @Caller() owner: Owner,
    @Body() body: FinalizeStream,
    @IdempotencyKey() key: RequestKey | undefined,
  ): Promise<Finalized> {
    return this.finalizeStream.execute(id, messageId, owner, body, key);
  }
}
