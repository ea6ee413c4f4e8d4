import { Body, Controller, Get, Post } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { ModelCallPath, Operation, Tag } from '../../http/operation.js';
import { Caller, IdempotencyKey, PathModelCallId } from '../../http/params.js';
import type { Owner } from '../../kernel/ids.js';
import type { RequestKey } from '../../kernel/request-key.js';
import { CallDecisions } from './call-decisions.js';
import { ModelCallList, ModelCallView, NoReasons } from './dto/model-call-views.js';
import { PendingCalls } from './pending-calls.js';

const errors = ['model_call_not_found', 'decision_conflict'] as const;

@Tag('usage')
@Controller('model-calls')
export class ModelCallsController {
  constructor(
    private readonly pending: PendingCalls,
    private readonly decisions: CallDecisions,
    private readonly settings: Settings,
  ) {}

  @Get()
  @Operation({
    id: 'listModelCalls',
    summary: 'List calls that wait to be approved',
    about: 'With `PULLCORD_CALL_APPROVAL=manual`, each call to a model waits until its owner approves it.',
    answer: { status: 200, about: 'What waits on this node now.', type: ModelCallList },
  })
  list(@Caller() owner: Owner): ModelCallList {
    const model_calls = this.pending.list(owner).map((call) => ModelCallView.of(call));
    return { approval: this.settings.callApproval, model_calls };
  }

  @Post(':model_call_id/approve')
  @ModelCallPath
  @Operation({
    id: 'approveModelCall',
    summary: 'Approve a call to a model',
    about: 'The call is made now. The same decision again changes nothing.',
    answer: { status: 200, about: 'The call.', type: ModelCallView },
    errors,
    isIdempotent: true,
  })
  async approve(
    @PathModelCallId() id: string,
    @Caller() owner: Owner,
    @Body() _body: NoReasons,
    @IdempotencyKey() key: RequestKey | undefined,
  ): Promise<ModelCallView> {
    return ModelCallView.of(await this.decisions.take(owner, id, 'approved', key));
  }

  @Post(':model_call_id/deny')
  @ModelCallPath
  @Operation({
    id: 'denyModelCall',
    summary: 'Deny a call to a model',
    about: 'Whoever made it is told `call_denied`. The same decision again changes nothing.',
    answer: { status: 200, about: 'The call.', type: ModelCallView },
    errors,
    isIdempotent: true,
  })
  async deny(
    @PathModelCallId() id: string,
    @Caller() owner: Owner,
    @Body() _body: NoReasons,
    @IdempotencyKey() key: RequestKey | undefined,
  ): Promise<ModelCallView> {
    return ModelCallView.of(await this.decisions.take(owner, id, 'denied', key));
  }
}
