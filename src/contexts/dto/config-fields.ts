import { compressionStrategies, maxKeptTurns, type CompressionStrategy } from '../../config/compression.js';
import { Choice, Component, Int, Num, Nested, Text, TextList } from '../../http/fields.js';
import {
  reasoningEfforts,
  type ModelParameters,
  type ReasoningEffort,
} from '../../providers/language-model.js';
import type { ContextToolPolicy } from '../approval-policy.js';
import type { CompressionConfig, ContextConfig } from '../context-config.js';
import { instructionFields, nameRule } from './instruction-fields.js';
import { ToolPolicyFields } from './tool-policy-fields.js';

@Component({
  name: 'ModelParameters',
  about: 'How the model is asked. What a provider does not know is not sent to it.',
})
export class ModelParametersFields implements ModelParameters {
  @Num({ about: 'Sampling temperature.', min: 0, max: 2, optional: true, example: 0.7 })
  readonly temperature?: number;
  @Num({ about: 'Nucleus sampling.', min: 0, max: 1, optional: true }) readonly top_p?: number;
  @Int({ about: 'The most tokens of an answer.', min: 1, max: 10_000_000, optional: true, example: 1024 })
  readonly max_tokens?: number;
  @TextList({ about: 'Texts at which the answer ends.', max: 200, min: 1, maxItems: 16, optional: true })
  readonly stop?: readonly string[];
  @Int({
    about: 'Makes sampling repeatable where the provider can.',
    min: 0,
    max: 4_294_967_295,
    optional: true,
  })
  readonly seed?: number;
  @Num({ about: 'Presence penalty.', min: -2, max: 2, optional: true }) readonly presence_penalty?: number;
  @Num({ about: 'Frequency penalty.', min: -2, max: 2, optional: true }) readonly frequency_penalty?: number;
  @Choice({ about: 'How hard a reasoning model is to think.', values: reasoningEfforts, optional: true })
  readonly reasoning_effort?: ReasoningEffort;
}

@Component({
  name: 'Compression',
  about:
    'What becomes of the conversation when it grows too long. What is absent is as the deployment has it.',
})
export class CompressionFields implements CompressionConfig {
  @Choice({
    about:
      '`summarize` has the model write a summary of the older turns, `recent_n` leaves the oldest out, `importance` those that matter least for the question, `none` nothing: the turn fails then.',
    values: compressionStrategies,
    optional: true,
    example: 'summarize',
  })
  readonly strategy?: CompressionStrategy;

  @Num({
    about: 'The share of the model’s window that a request may take before older turns give way.',
    min: 0.05,
    max: 1,
    optional: true,
    example: 0.8,
  })
  readonly threshold?: number;

  @Int({
    about: 'The newest turns that are sent as they are for as long as they fit at all.',
    min: 1,
    max: maxKeptTurns,
    optional: true,
    example: 4,
  })
  readonly keep_turns?: number;

  @Text({
    about: 'The model that writes the summaries; the one that answers by default.',
    min: 1,
    max: 200,
    ...nameRule,
    optional: true,
    example: 'scripted/default',
  })
  readonly model?: string;
}

const abouts = {
  mode: 'The mode of work: `chat`, `plan`, `act`, or one that the operator has added.',
  system_prompt: 'Sent to the model before everything else.',
  system_prompt_id: 'Names a stored system prompt, which goes before `system_prompt`.',
};

/** The fields, once as answers show them and once as requests set them, where null removes. */
function configFields(nullable: boolean) {
  class Fields extends instructionFields(nullable, abouts) implements ContextConfig {
    @Text({
      about: 'The model, `provider/model`. Without one, the deployment’s default.',
      min: 1,
      max: 200,
      ...nameRule,
      optional: true,
      nullable,
      example: 'scripted/default',
    })
    readonly model?: string;

    @Choice({
      about: 'A planner may only read; an actor may do whatever is allowed.',
      values: ['planner', 'actor'],
      optional: true,
      nullable,
    })
    readonly agent_role?: string;

    @Text({
      about:
        'The folder that tools and file references may see, an absolute path on the server inside one of PULLCORD_WORKSPACE_ROOTS.',
      min: 1,
      max: 4096,
      ...nameRule,
      optional: true,
      nullable,
    })
    readonly workspace_path?: string;

    @Nested(() => ToolPolicyFields, {
      about: 'Which tool calls are made without asking. Without one, the deployment’s default.',
      optional: true,
      nullable,
    })
    readonly tool_policy?: ContextToolPolicy;

    @Nested(() => ModelParametersFields, { about: 'How the model is asked.', optional: true, nullable })
    readonly parameters?: ModelParametersFields;

    @Int({
      about:
        'After so many milliseconds without a change the context is deleted. It can shorten the deployment’s time to live, not lengthen it.',
      min: 60_000,
      max: 3_155_760_000_000,
      optional: true,
      nullable,
      example: 2_592_000_000,
    })
    readonly ttl_ms?: number;

    @Nested(() => CompressionFields, {
      about: 'What becomes of the conversation when it grows too long.',
      optional: true,
      nullable,
    })
    readonly compression?: CompressionFields;
  }
  return Fields;
}

@Component({ name: 'ContextConfig', about: 'How a context is answered.' })
export class ContextConfigFields extends configFields(false) {}

@Component({
  name: 'ContextConfigPatch',
  about:
    'How a context is to be answered. A value sets, null removes, absence leaves; `parameters`, `tool_policy` and `compression` are set as a whole.',
})
export class ConfigPatchFields extends configFields(true) {}
