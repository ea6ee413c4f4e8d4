import { Int, samples, Text } from '../../http/fields.js';
import type { BranchConfig } from '../branch-config.js';
import { PromptValues } from './prompt-values.js';

/** What a name may be: one line of text. */
export const nameRule = {
  pattern: /^[^\p{Cc}\p{Cs}]+$/u,
  says: 'must not have control characters',
} as const;

interface Abouts {
  readonly mode: string;
  readonly system_prompt: string;
  readonly system_prompt_id: string;
}

/** What a context and a branch are told alike; null removes a field where it is `nullable`. */
export function instructionFields(nullable: boolean, abouts: Abouts) {
  class Fields implements BranchConfig {
    @Text({ about: abouts.mode, min: 1, max: 64, ...nameRule, optional: true, nullable, example: 'chat' })
    readonly mode?: string;

    @Text({
      about: abouts.system_prompt,
      max: 200_000,
      optional: true,
      nullable,
      example: 'Answer in one sentence.',
    })
    readonly system_prompt?: string;

    @Text({
      about: abouts.system_prompt_id,
      min: 1,
      max: 64,
      ...nameRule,
      optional: true,
      nullable,
      example: samples.systemPrompt,
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
  }
  return Fields;
}
