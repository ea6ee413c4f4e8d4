import { Injectable } from '@nestjs/common';
import { AppendMessageCommand } from '../actions/append-message.js';
import { ApproveToolsCommand } from '../actions/approve-tools.js';
import { ContinueTurnCommand } from '../actions/continue-turn.js';
import { EditMessageCommand } from '../actions/edit-message.js';
import { RetryAnswerCommand } from '../actions/retry-answer.js';
import { SendMessageCommand } from '../actions/send-message.js';

/** The commands that a request of a page can turn out to be. */
@Injectable()
export class ChatCommands {
  constructor(
    readonly send: SendMessageCommand,
    readonly append: AppendMessageCommand,
    readonly edit: EditMessageCommand,
    readonly retry: RetryAnswerCommand,
    readonly approve: ApproveToolsCommand,
    readonly goOn: ContinueTurnCommand,
  ) {}
}
