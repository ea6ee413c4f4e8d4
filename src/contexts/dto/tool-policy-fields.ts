import { maxAllowed, maxPolicyDepth, toolPattern, type ToolPolicy } from '../../config/tool-policy.js';
import { Choice, Component, Int, NestedList, taggedUnion, Text, TextList } from '../../http/fields.js';
import { decisions, maxRemembered, type Decision, type RememberedDecision } from '../approval-policy.js';

@Component({ name: 'RememberedDecision', about: 'What the user said once and for all about a tool.' })
class RememberedDecisionFields implements RememberedDecision {
  @Text({ about: 'The tool, as the model calls it.', min: 1, max: 256, example: 'read_file' })
  readonly tool_name!: string;
  @Choice({ about: 'What is done with its calls.', values: decisions, example: 'approve' })
  readonly decision!: Decision;
}

class Remembering {
  @NestedList(() => RememberedDecisionFields, {
    about: 'Written when an approval says `remember`. It goes before everything else that the policy says.',
    maxItems: maxRemembered,
    optional: true,
  })
  readonly remembered?: readonly RememberedDecisionFields[];
}

/** Declares `type` as the one text that it can be. */
const of = (type: ToolPolicy['type']): PropertyDecorator =>
  Choice({ about: 'Which policy it is.', values: [type], example: type });

@Component({ about: 'The user is asked about every call.' })
class ManualPolicy extends Remembering {
  @of('manual') readonly type!: 'manual';
}

@Component({ about: 'Every call is made without asking.' })
class AutoApprovePolicy extends Remembering {
  @of('auto_approve') readonly type!: 'auto_approve';
}

@Component({ about: 'Calls of these tools are made without asking.' })
class AllowListPolicy extends Remembering {
  @of('allow_list') readonly type!: 'allow_list';
  @TextList({
    about: 'Names of tools; `*` stands for any characters, `?` for one.',
    maxItems: maxAllowed,
    max: 64,
    pattern: toolPattern,
    says: 'must be the name of a tool, or a pattern with * and ?',
    example: ['read_file', 'github__*'],
  })
  readonly allow!: readonly string[];
}

@Component({
  about: 'Every call is made without asking, in so many rounds of a turn; then the user must say go on.',
})
class LimitedAutoPolicy extends Remembering {
  @of('limited_auto') readonly type!: 'limited_auto';
  @Int({ about: 'Rounds of calls in a turn.', min: 1, max: maxPolicyDepth, example: 5 })
  readonly max_depth!: number;
}

const classes = {
  manual: ManualPolicy,
  auto_approve: AutoApprovePolicy,
  allow_list: AllowListPolicy,
  limited_auto: LimitedAutoPolicy,
};

/** A context's policy about tool calls; `type` says which. */
export const ToolPolicyFields = taggedUnion('ToolPolicy', 'type', classes, {
  about: 'Which tool calls are made without asking the user; `type` says which fields there are.',
});
