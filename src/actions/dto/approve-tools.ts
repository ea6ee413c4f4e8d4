import { decisions, type Decision } from '../../contexts/approval-policy.js';
import { Choice, Component, Flag, NestedList, Rule, Text } from '../../http/fields.js';
import { maxForeignId } from '../../messages/dto/limits.js';
import type { CallDecision } from '../../runs/tool-rounds/round-approval.js';

@Component({ about: 'What the user says of one tool call.' })
export class ToolApproval implements CallDecision {
  @Text({
    about: 'The call, by its id in `state.pending` and in the request’s message.',
    min: 1,
    max: maxForeignId,
    example: 'call_1',
  })
  readonly tool_call_id!: string;

  @Choice({ about: 'Whether it is made.', values: decisions, example: 'approve' })
  readonly decision!: Decision;

  @Text({ about: 'Why it is denied; the model reads it.', min: 1, max: 2000, optional: true })
  readonly reason?: string;

  @Flag({
    about: 'Decides all later calls of this tool in the context too, in `config.tool_policy.remembered`.',
    optional: true,
    example: false,
  })
  readonly remember?: boolean;
}

@Component({
  about: 'Decisions about calls that wait; those about the others may come later, from anywhere.',
})
export class ApproveTools {
  @Rule<ApproveTools>(({ approvals }) => repeatedCall(approvals))
  @NestedList(() => ToolApproval, { about: 'The decisions.', minItems: 1, maxItems: 128 })
  readonly approvals!: readonly ToolApproval[];
}

function repeatedCall(approvals: readonly ToolApproval[]): string | undefined {
  const ids = approvals.map(({ tool_call_id }) => tool_call_id);
  return new Set(ids).size < ids.length ? 'must not name the same call twice' : undefined;
}
