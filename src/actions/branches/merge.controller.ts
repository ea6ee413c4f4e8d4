import { Body, Controller, Post } from '@nestjs/common';
import { ContextPath, Operation, Tag } from '../../http/operation.js';
import { Caller, IdempotencyKey, PathContextId } from '../../http/params.js';
import type { ContextId, Owner } from '../../kernel/ids.js';
import type { RequestKey } from '../../kernel/request-key.js';
import { MergeBranchCommand } from './merge-branch.js';
import { MergeAccepted, MergeBranch } from './merge-requests.js';

const usersTurn = { type: 'awaiting_user', reason: 'input' };

@Tag('actions')
@Controller('contexts/:context_id/actions')
export class MergeController {
  constructor(private readonly merge: MergeBranchCommand) {}

  @Post('merge_branch')
  @ContextPath
  @Operation({
    id: 'mergeBranch',
    summary: 'Put messages of one branch on another',
    about:
      'The messages are shared, not copied: each keeps its id and its `parent_id`, and stands on the other branch in the order of that one’s line. What the target has already does not come twice.',
    answer: {
      status: 202,
      about: 'Merged.',
      type: MergeAccepted,
      example: { state: usersTurn },
    },
    errors: [
      'invalid_request',
      'context_not_found',
      'branch_not_found',
      'message_not_found',
      'context_busy',
      'illegal_transition',
      'branch_name_taken',
      'limit_exceeded',
      'unprocessable',
    ],
    isIdempotent: true,
  })
  mergeBranch(
    @PathContextId() id: ContextId,
    @Caller() owner: Owner,
    @Body() body: MergeBranch,
    @IdempotencyKey() key: RequestKey | undefined,
  ): Promise<MergeAccepted> {
    return this.merge.execute(id, owner, body, key);
  }
}
