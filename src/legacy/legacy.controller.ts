import { Body, Controller, Post } from '@nestjs/common';
import { RunAccepted, SendMessage } from '../actions/dto/action-requests.js';
import { SendMessageCommand } from '../actions/send-message.js';
import { Component, FreeObject, samples, Text } from '../http/fields.js';
import { ContextPath, Operation, Tag } from '../http/operation.js';
import { Caller, IdempotencyKey, PathContextId } from '../http/params.js';
import { DomainError } from '../kernel/domain-error.js';
import type { ContextId, Owner } from '../kernel/ids.js';
import type { RequestKey } from '../kernel/request-key.js';
import { Deprecated, since, successorLink, sunset } from './deprecation.js';

const deprecationHeaders = {
  Deprecation: { about: 'Since when the route is deprecated (RFC 9745).', example: since },
  Sunset: { about: 'When it will be gone (RFC 8594).', example: sunset },
  Link: {
    about: 'Its successor.',
    example: successorLink(`/contexts/${samples.context}/actions/send_message`),
  },
};

@Component({ about: 'A tool, and what to call it with.' })
class ExecuteTool {
  @Text({ about: 'The tool.', min: 1, max: 256, example: 'read_file' }) readonly tool_name!: string;
  @FreeObject({ about: 'What to call it with.', maxBytes: 262_144, optional: true })
  readonly arguments?: object;
}

/** Routes of older clients. The folder can be deleted when they are gone. */
@Tag('legacy')
@Controller()
export class LegacyController {
  constructor(private readonly send: SendMessageCommand) {}

  @Post('contexts/:context_id/messages')
  @Deprecated('/contexts/:context_id/actions/send_message')
  @ContextPath
  @Operation({
    id: 'postMessage',
    summary: 'Send a message',
    about: 'The old name of `sendMessage`, with the same body and answer.',
    answer: { status: 202, about: 'Accepted.', type: RunAccepted, headers: deprecationHeaders },
    errors: [
      'invalid_request',
      'context_not_found',
      'branch_not_found',
      'attachment_not_found',
      'unprocessable',
      'context_busy',
      'illegal_transition',
      'unknown_model',
      'model_incapable',
      'too_many_requests',
      'draining',
    ],
    isIdempotent: true,
    isDeprecated: true,
  })
  postMessage(
    @PathContextId() id: ContextId,
    @Caller() owner: Owner,
    @Body() body: SendMessage,
    @IdempotencyKey() key: RequestKey | undefined,
  ): Promise<RunAccepted> {
    return this.send.execute(id, owner, body, key);
  }

  @Post('tools/execute')
  @Deprecated('/workflows/{workflow_id}/execute')
  @Operation({
    id: 'executeTool',
    summary: 'Execute a tool',
    about: 'This deployment has no tools, so every name is `tool_not_found`.',
    answer: { status: 204, about: 'It was executed.', headers: deprecationHeaders },
    errors: ['invalid_request', 'tool_not_found'],
    isDeprecated: true,
  })
  executeTool(@Body() body: ExecuteTool): never {
    throw new DomainError('tool_not_found', `There is no tool named ${body.tool_name}.`);
  }
}
