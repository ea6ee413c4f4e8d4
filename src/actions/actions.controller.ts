import { Body, Controller, Post } from '@nestjs/common';
import { ContextPath, Operation, Tag } from '../http/operation.js';
import { Caller, IdempotencyKey, PathContextId } from '../http/params.js';
import type { ContextId, Owner } from '../kernel/ids.js';
import type { RequestKey } from '../kernel/request-key.js';
import { AppendMessageCommand } from './append-message.js';
import { ApproveToolsCommand } from './approve-tools.js';
import { ArchiveContextCommand } from './archive-context.js';
import { CancelRunCommand } from './cancel-run.js';
import { CompressContextCommand } from './compress-context.js';
import { ContinueTurnCommand } from './continue-turn.js';
import * as dto from './dto/action-requests.js';
import { ApproveTools } from './dto/approve-tools.js';
import { EditMessageCommand } from './edit-message.js';
import { GenerateTitleCommand } from './generate-title.js';
import { RetryAnswerCommand } from './retry-answer.js';
import { SendMessageCommand } from './send-message.js';
import { SwitchBranchCommand } from './switch-branch.js';

/** The state in the examples of commands that leave the turn to the user. */
const usersTurn = { type: 'awaiting_user', reason: 'input' };

/** And that of an approval with which the run goes on. */
const approved = {
  type: 'processing_tool',
  tool_id: 'call_1',
  tool_name: 'read_file',
  depth: 1,
  done: 0,
  total: 1,
};

/** The commands: each answers at once with ids; the work goes on whether or not the caller stays. */
@Tag('actions')
@Controller('contexts/:context_id/actions')
export class ActionsController {
  constructor(
    private readonly send: SendMessageCommand,
    private readonly append: AppendMessageCommand,
    private readonly edit: EditMessageCommand,
    private readonly approve: ApproveToolsCommand,
    private readonly cancel: CancelRunCommand,
    private readonly retry: RetryAnswerCommand,
    private readonly goOn: ContinueTurnCommand,
    private readonly archive: ArchiveContextCommand,
    private readonly branch: SwitchBranchCommand,
    private readonly title: GenerateTitleCommand,
    private readonly compression: CompressContextCommand,
  ) {}

  @Post('send_message')
  @ContextPath
  @Operation({
    id: 'sendMessage',
    summary: 'Send a message',
    about:
      'Adds the message and starts a run that answers it. The run goes on whether or not anybody listens; only `cancel` ends it early. While a run is under way, `on_busy` says what is to happen.',
    answer: { status: 202, about: 'Accepted.', type: dto.RunAccepted },
    errors: [
      'invalid_request',
      'context_not_found',
      'branch_not_found',
      'attachment_not_found',
      'unprocessable',
      'context_busy',
      'illegal_transition',
      'unknown_model',
      'too_many_requests',
      'draining',
      'model_incapable',
    ],
    isIdempotent: true,
  })
  sendMessage(
    @PathContextId() id: ContextId,
    @Caller() owner: Owner,
    @Body() body: dto.SendMessage,
    @IdempotencyKey() key: RequestKey | undefined,
  ): Promise<dto.RunAccepted> {
    return this.send.execute(id, owner, body, key);
  }

  @Post('append_message')
  @ContextPath
  @Operation({
    id: 'appendMessage',
    summary: 'Add a message without asking a model',
    about: 'For what was said elsewhere: an imported conversation, a system message, the result of a tool.',
    answer: { status: 202, about: 'Accepted.', type: dto.MessageAccepted, example: { state: usersTurn } },
    errors: [
      'invalid_request',
      'context_not_found',
      'branch_not_found',
      'attachment_not_found',
      'unprocessable',
      'context_busy',
      'illegal_transition',
    ],
    isIdempotent: true,
  })
  appendMessage(
    @PathContextId() id: ContextId,
    @Caller() owner: Owner,
    @Body() body: dto.AppendMessage,
    @IdempotencyKey() key: RequestKey | undefined,
  ): Promise<dto.MessageAccepted> {
    return this.append.execute(id, owner, body, key);
  }

  @Post('edit_message')
  @ContextPath
  @Operation({
    id: 'editMessage',
    summary: 'Edit a user’s message',
    about:
      'Messages do not change: the new text becomes a message on a new branch, which is shown from now on, and a run answers it. What there was stays on its branch.',
    answer: { status: 202, about: 'Accepted.', type: dto.RunAccepted },
    errors: [
      'invalid_request',
      'context_not_found',
      'message_not_found',
      'context_busy',
      'illegal_transition',
      'unprocessable',
      'limit_exceeded',
      'draining',
      'unknown_model',
      'model_incapable',
    ],
    isIdempotent: true,
  })
  editMessage(
    @PathContextId() id: ContextId,
    @Caller() owner: Owner,
    @Body() body: dto.EditMessage,
    @IdempotencyKey() key: RequestKey | undefined,
  ): Promise<dto.RunAccepted> {
    return this.edit.execute(id, owner, body, key);
  }

  @Post('approve_tools')
  @ContextPath
  @Operation({
    id: 'approveTools',
    summary: 'Approve or deny tool calls',
    about:
      'Only where the context awaits the user because of `tool_approval`. Decisions may come in parts and from several clients; the run goes on with the one about the last call that waits. Saying the same again changes nothing.',
    answer: { status: 202, about: 'Accepted.', type: dto.RunStarted, example: { state: approved } },
    errors: [
      'invalid_request',
      'context_not_found',
      'illegal_transition',
      'decision_conflict',
      'unprocessable',
      'draining',
    ],
    isIdempotent: true,
  })
  approveTools(
    @PathContextId() id: ContextId,
    @Caller() owner: Owner,
    @Body() body: ApproveTools,
    @IdempotencyKey() key: RequestKey | undefined,
  ): Promise<dto.RunStarted> {
    return this.approve.execute(id, owner, body.approvals, key);
  }

  @Post('cancel')
  @ContextPath
  @Operation({
    id: 'cancelRun',
    summary: 'Stop a run',
    about:
      'The call to the model ends, what was streamed stays, and the message becomes `cancelled`. No further tool call begins; one that is under way is killed, or finishes, as its tool declares. Stopping what is over already changes nothing and is no error.',
    answer: { status: 202, about: 'Accepted.', type: dto.CancelAccepted, example: { state: usersTurn } },
    errors: ['invalid_request', 'context_not_found', 'run_not_found'],
    isIdempotent: true,
  })
  cancelRun(
    @PathContextId() id: ContextId,
    @Caller() owner: Owner,
    @Body() body: dto.CancelRun,
    @IdempotencyKey() key: RequestKey | undefined,
  ): Promise<dto.CancelAccepted> {
    return this.cancel.execute(id, owner, body.run_id, key);
  }

  @Post('retry')
  @ContextPath
  @Operation({
    id: 'retryAnswer',
    summary: 'Answer the last user message once more',
    about:
      'After an error the run is tried again; after an answer another one is written, on a new branch beside the first.',
    answer: { status: 202, about: 'Accepted.', type: dto.RetryAccepted },
    errors: [
      'invalid_request',
      'context_not_found',
      'context_busy',
      'illegal_transition',
      'nothing_to_retry',
      'limit_exceeded',
      'draining',
      'unknown_model',
      'model_incapable',
    ],
    isIdempotent: true,
  })
  retryAnswer(
    @PathContextId() id: ContextId,
    @Caller() owner: Owner,
    @Body() _body: dto.NoFacts,
    @IdempotencyKey() key: RequestKey | undefined,
  ): Promise<dto.RetryAccepted> {
    return this.retry.execute(id, owner, key);
  }

  @Post('continue')
  @ContextPath
  @Operation({
    id: 'continueTurn',
    summary: 'Let the model go on after the limit of tool rounds',
    about:
      'Only where the context awaits the user because of `depth_limit`; the model gets as many rounds again.',
    answer: { status: 202, about: 'Accepted.', type: dto.RunStarted },
    errors: [
      'invalid_request',
      'context_not_found',
      'illegal_transition',
      'draining',
      'unknown_model',
      'model_incapable',
    ],
    isIdempotent: true,
  })
  continueTurn(
    @PathContextId() id: ContextId,
    @Caller() owner: Owner,
    @Body() _body: dto.NoFacts,
    @IdempotencyKey() key: RequestKey | undefined,
  ): Promise<dto.RunStarted> {
    return this.goOn.execute(id, owner, key);
  }

  @Post('archive')
  @ContextPath
  @Operation({
    id: 'archiveContext',
    summary: 'Make a context read-only',
    answer: { status: 202, about: 'Accepted.', type: dto.Accepted, example: { state: { type: 'archived' } } },
    errors: ['invalid_request', 'context_not_found', 'illegal_transition'],
    isIdempotent: true,
  })
  archiveContext(
    @PathContextId() id: ContextId,
    @Caller() owner: Owner,
    @Body() _body: dto.NoFacts,
    @IdempotencyKey() key: RequestKey | undefined,
  ): Promise<dto.Accepted> {
    return this.archive.archive(id, owner, key);
  }

  @Post('restore')
  @ContextPath
  @Operation({
    id: 'restoreContext',
    summary: 'Make an archived context writable again',
    answer: { status: 202, about: 'Accepted.', type: dto.Accepted, example: { state: usersTurn } },
    errors: ['invalid_request', 'context_not_found', 'illegal_transition'],
    isIdempotent: true,
  })
  restoreContext(
    @PathContextId() id: ContextId,
    @Caller() owner: Owner,
    @Body() _body: dto.NoFacts,
    @IdempotencyKey() key: RequestKey | undefined,
  ): Promise<dto.Accepted> {
    return this.archive.restore(id, owner, key);
  }

  @Post('switch_branch')
  @ContextPath
  @Operation({
    id: 'switchBranch',
    summary: 'Choose the branch that is shown and continued',
    answer: { status: 202, about: 'Accepted.', type: dto.Accepted, example: { state: usersTurn } },
    errors: ['invalid_request', 'context_not_found', 'branch_not_found', 'illegal_transition'],
    isIdempotent: true,
  })
  switchBranch(
    @PathContextId() id: ContextId,
    @Caller() owner: Owner,
    @Body() body: dto.SwitchBranch,
    @IdempotencyKey() key: RequestKey | undefined,
  ): Promise<dto.Accepted> {
    return this.branch.execute(id, owner, body.branch, key);
  }

  @Post('generate_title')
  @ContextPath
  @Operation({
    id: 'generateTitle',
    summary: 'Have a model make a title',
    about:
      'The title comes later, with a `context_updated` that names `title`. It replaces the one that there is, but none that is set by hand in the meantime.',
    answer: { status: 202, about: 'Accepted.', type: dto.RunStarted, example: { state: usersTurn } },
    errors: ['invalid_request', 'context_not_found', 'illegal_transition', 'unprocessable', 'draining'],
    isIdempotent: true,
  })
  generateTitle(
    @PathContextId() id: ContextId,
    @Caller() owner: Owner,
    @Body() _body: dto.NoFacts,
    @IdempotencyKey() key: RequestKey | undefined,
  ): Promise<dto.RunStarted> {
    return this.title.execute(id, owner, key);
  }

  @Post('compress')
  @ContextPath
  @Operation({
    id: 'compressContext',
    summary: 'Summarize the older turns now',
    about:
      'All turns but the newest, of which `compression.keep_turns` says how many; pinned messages stay as they are. The summary joins the branch as a message, and the model is sent it in place of what it covers; every message stays where it is. Where nothing is old enough, nothing is added.',
    answer: {
      status: 202,
      about: 'Accepted.',
      type: dto.RunStarted,
      example: { state: { type: 'active', stage: 'optimizing_context' } },
    },
    errors: [
      'invalid_request',
      'context_not_found',
      'branch_not_found',
      'context_busy',
      'illegal_transition',
      'unprocessable',
      'draining',
    ],
    isIdempotent: true,
  })
  compress(
    @PathContextId() id: ContextId,
    @Caller() owner: Owner,
    @Body() body: dto.CompressContext,
    @IdempotencyKey() key: RequestKey | undefined,
  ): Promise<dto.RunStarted> {
    return this.compression.execute(id, owner, body, key);
  }
}
