import { Body, Controller, Get, Post, Query, Res } from '@nestjs/common';
import { RouteSchema } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { answerJson } from '../http/answer-json.js';
import { samples } from '../http/fields.js';
import { BodyOf, ContextPath, MessagePath, Operation, Tag } from '../http/operation.js';
import { measurePull } from '../http/pull-metrics.js';
import { Caller, clientGone, IdempotencyKey, PathContextId, PathMessageId } from '../http/params.js';
import type { ContextId, MessageId, Owner } from '../kernel/ids.js';
import type { RequestKey } from '../kernel/request-key.js';
import { AppendChunksCommand, type AppendInput } from './append-chunks.js';
import { appendSchema } from './append-schema.js';
import { ChunksPull } from './chunks.pull.js';
import { ChunkPageView, cursorOf, PullChunks } from './dto/chunk-pulls.js';
import { AppendChunks, Appended } from './dto/append-chunks.js';
import { LongPoll } from './long-poll.js';

const chunk = (sequence: number, delta: string): object => ({
  sequence,
  kind: 'text',
  delta,
  created_at: samples.time,
});

@Tag('streaming')
@Controller('contexts/:context_id/messages/:message_id/streaming-chunks')
export class StreamingController {
  constructor(
    private readonly pull: ChunksPull,
    private readonly longPoll: LongPoll,
    private readonly command: AppendChunksCommand,
  ) {}

  @Get()
  @ContextPath
  @MessagePath
  @Operation({
    id: 'pullChunks',
    summary: 'Pull the chunks of a message',
    about:
      'Ask with the last `sequence` that you have; with `wait_ms` the answer is held until there is something newer. Pulling again is safe, and cursors do not expire.',
    answer: {
      status: 200,
      about: 'The chunks.',
      type: ChunkPageView,
      example: { chunks: [chunk(13, 'A lease'), chunk(14, ' ends')], current_sequence: 14 },
    },
    errors: [
      'invalid_request',
      'context_not_found',
      'message_not_found',
      'cursor_ahead',
      'too_many_requests',
    ],
  })
  async chunks(
    @PathContextId() contextId: ContextId,
    @PathMessageId() messageId: MessageId,
    @Caller() owner: Owner,
    @Query() query: PullChunks,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const cursor = { after: cursorOf(query), limit: query.limit };
    const wait = { contextId, messageId, waitMs: query.wait_ms, abort: () => clientGone(reply) };
    const page = await this.longPoll.hold(wait, () => this.pull.after(contextId, owner, messageId, cursor));
    measurePull('sequence', page.count > 0);
    return answerJson(reply, page.text);
  }

  @Post()
  @ContextPath
  @MessagePath
  @BodyOf(AppendChunks)
  @RouteSchema({ body: appendSchema })
  @Operation({
    id: 'appendChunks',
    summary: 'Append chunks to a message',
    about:
      'Of a message that was begun with `beginStream`. With `expected_sequence` a repeat appends nothing twice.',
    answer: { status: 200, about: 'They are durable.', type: Appended },
    errors: [
      'invalid_request',
      'context_not_found',
      'message_not_found',
      'sequence_mismatch',
      'stream_closed',
      'limit_exceeded',
    ],
    isIdempotent: true,
  })
  append(
    @PathContextId() contextId: ContextId,
    @PathMessageId() messageId: MessageId,
    @Caller() owner: Owner,
    @Body() body: AppendInput,
    @IdempotencyKey() key: RequestKey | undefined,
  ): Promise<Appended> {
    return this.command.execute(contextId, messageId, owner, body, key);
  }
}
