import { Component, Int, Text } from '../../http/fields.js';
import type { BranchConfig } from '../branch-config.js';
import { PromptValues } from './prompt-values.js';

const name = /^[^\p{Cc}\p{Cs}]+$/u;
const says = 'must not have control characters';

/** The fields, once as answers show them and once as requests set them, where null removes. */
function branchConfigFields(nullable: boolean) {
  class Fields implements BranchConfig {
    @Text({
      about: 'Sent to the model before everything else, instead of the context’s.',
      max: 200_000,
      optional: true,
      nullable,
      example: 'Answer in one sentence.',
    })
    readonly system_prompt?: string;

    @Text({
      about: 'Names a stored system prompt, instead of the context’s.',
      min: 1,
      max: 64,
      pattern: name,
      says,
      optional: true,
      nullable,
    })
    readonly system_prompt_id?: string;

    @Int({
      about: 'Pins a version of the stored system prompt; without one, its newest counts.',
      min: 1,
      max: 2_147_483_647,
      optional: true,
      nullable,
    })
    readonly system_prompt_version?: number;

    @PromptValues({
      about: 'Values of the variables of the stored system prompt, by their names; set as a whole.',
      optional: true,
      nullable,
      example: { language: 'English' },
    })
    readonly system_prompt_variables?: Readonly<Record<string, string>>;

    @Text({
      about: 'The mode of work, instead of the context’s.',
      min: 1,
      max: 64,
      pattern: name,
      says,
      optional: true,
      nullable,
      example: 'chat',
    })
    readonly mode?: string;
  }
  return Fields;
}

@Component({ name: 'BranchConfig', about: 'What a branch has otherwise than its context.' })
export class BranchConfigFields extends branchConfigFields(false) {}

@Component({
  name: 'BranchConfigPatch',
  about: 'What a branch is to have otherwise than its context. A value sets, null removes, absence leaves.',
})
export class BranchConfigPatchFields extends branchConfigFields(true) {}
