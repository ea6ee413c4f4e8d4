import { Controller, Get, Headers, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ownerOf } from '../http/access.guard.js';
import { answerJson } from '../http/answer-json.js';
import { answerConditionally } from '../http/conditional.js';
import { samples } from '../http/fields.js';
import { ContextPath, MessagePath, Operation, Tag } from '../http/operation.js';
import { Caller, contextIdOf, PathContextId, PathMessageId } from '../http/params.js';
import type { ContextId, MessageId, Owner } from '../kernel/ids.js';
import { batchText, changesText, pageText } from './answer-texts.js';
import { MessageBatch, MessageChanges, MessagePage, PullMessages, whichPull } from './dto/message-pulls.js';
import { MessageView } from './dto/message-view.js';
import { MessagesPull } from './messages.pull.js';

const messageTag = { about: 'Of the message.', example: `"${samples.message}-57"` };

@Tag('messages')
@Controller('contexts/:context_id/messages')
export class MessagesController {
  constructor(private readonly pull: MessagesPull) {}

  @Get()
  @ContextPath
  @Operation({
    id: 'pullMessages',
    summary: 'Pull messages',
    about:
      'With `ids` the answer is a MessageBatch, with `changed_since` MessageChanges, otherwise a MessagePage: the newest messages, or those next to `before` or `after`.',
    answer: { status: 200, about: 'What was asked for.', type: [MessageBatch, MessageChanges, MessagePage] },
    errors: [
      'invalid_request',
      'context_not_found',
      'message_not_found',
      'branch_not_found',
      'limit_exceeded',
      'cursor_ahead',
    ],
  })
  async many(
    @Req() request: FastifyRequest,
    @Query() query: PullMessages,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return answerJson(reply, await this.textOf(contextIdOf(request), ownerOf(request), query));
  }

  @Get(':message_id')
  @ContextPath
  @MessagePath
  @Operation({
    id: 'getMessage',
    summary: 'Get a message',
    about: 'A final message never changes: it comes with a strong ETag and may be cached for good.',
    answer: { status: 200, about: 'The message.', type: MessageView, headers: { ETag: messageTag } },
    errors: ['context_not_found', 'message_not_found'],
    isConditional: true,
  })
  async one(
    @PathContextId() contextId: ContextId,
    @PathMessageId() id: MessageId,
    @Caller() owner: Owner,
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | undefined> {
    const message = await this.pull.one(contextId, owner, id);
    // Whenever it changes, until it is final, its revision does too.
    const etag = `"${message.id}-${message.revision}"`;
    return answerConditionally(reply, { etag, isImmutable: message.status !== 'streaming' }, known, () =>
      answerJson(reply, message.text),
    );
  }

  private async textOf(contextId: ContextId, owner: Owner, query: PullMessages): Promise<string> {
    const pull = whichPull(query);
    switch (pull.kind) {
      case 'batch':
        return batchText(await this.pull.batch(contextId, owner, pull.ids));
      case 'changes':
        return changesText(await this.pull.changes(contextId, owner, pull.since, pull.limit));
      case 'page':
        return pageText(await this.pull.pageWithSiblings(contextId, owner, pull));
    }
  }
}
