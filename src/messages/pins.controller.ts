import { Controller, Delete, Put } from '@nestjs/common';
import { ContextPath, errorsOfReading, MessagePath, Operation, Tag } from '../http/operation.js';
import { Caller, PathContextId, PathMessageId } from '../http/params.js';
import type { ContextId, MessageId, Owner } from '../kernel/ids.js';
import { PinState } from './dto/pins.js';
import { PinsService } from './pins.service.js';

/** What a model is always sent. */
@Tag('messages')
@Controller('contexts/:context_id/messages/:message_id/pin')
export class PinsController {
  constructor(private readonly pins: PinsService) {}

  @Put()
  @ContextPath
  @MessagePath
  @Operation({
    id: 'pinMessage',
    summary: 'Pin a message',
    about:
      'The model is sent the message in every turn, however long the conversation grows; a tool call together with its results. Pinning it again changes nothing.',
    answer: { status: 200, about: 'It is pinned.', type: PinState },
    errors: [
      'context_not_found',
      'message_not_found',
      'illegal_transition',
      'limit_exceeded',
      ...errorsOfReading,
    ],
  })
  pin(
    @PathContextId() contextId: ContextId,
    @PathMessageId() id: MessageId,
    @Caller() owner: Owner,
  ): Promise<PinState> {
    return this.pins.pin(contextId, owner, id);
  }

  @Delete()
  @ContextPath
  @MessagePath
  @Operation({
    id: 'unpinMessage',
    summary: 'Take a pin off a message',
    about:
      'The message grows old like any other from now on. One that has no pin, or is not there, stays so.',
    answer: { status: 200, about: 'It is not pinned.', type: PinState, example: { is_pinned: false } },
    errors: ['context_not_found', 'illegal_transition'],
  })
  unpin(
    @PathContextId() contextId: ContextId,
    @PathMessageId() id: MessageId,
    @Caller() owner: Owner,
  ): Promise<PinState> {
    return this.pins.unpin(contextId, owner, id);
  }
}
