import {
  Component,
  Int,
  NestedList,
  QueryInt,
  Id,
  samples,
  Text,
  Timestamp,
  Cursor,
  NextCursor,
} from '../../../http/fields.js';
import { toTimestamp } from '../../../kernel/clock.js';
import type { PromptVersion, SystemPrompt } from '../system-prompt-row.js';
import { variableName, type Variable } from '../template-format.js';

export const maxVariables = 50;
const maxContent = 200_000;
const maxValue = 10_000;
const printable = { pattern: /^[^\p{Cc}\p{Cs}]*$/u, says: 'must not have control characters' };

@Component({ name: 'SystemPromptVariable', about: 'A place in a system prompt that a value is put into.' })
export class VariableFields implements Variable {
  @Text({
    about: 'Its name; `{{name}}` stands where the value goes.',
    min: 1,
    max: 64,
    pattern: variableName,
    says: 'must be letters, digits and _, and not begin with a digit',
    example: 'language',
  })
  readonly name!: string;

  @Text({
    about: 'What stands there where a context gives no value; without it, every context must.',
    max: maxValue,
    optional: true,
    example: 'English',
  })
  readonly default?: string;
}

const name = { about: 'What people call it.', min: 1, max: 300, ...printable, example: 'Tutor' };
/** Text that both databases can hold as it is. */
const storable = { pattern: /^[^\0\p{Cs}]*$/u, says: 'must not have NUL or half of a surrogate pair' };

const description = {
  about: 'What it is for.',
  max: 2000,
  ...storable,
  optional: true,
  nullable: true,
  example: 'For lessons.',
};
const content = {
  about: 'What the model is told; `{{name}}` is a variable, `\\{{name}}` is meant as it stands.',
  min: 1,
  max: maxContent,
  ...storable,
  example: 'You are a patient tutor. Answer in {{language}}.',
};
const variables = {
  about: 'The variables in the content, each once.',
  maxItems: maxVariables,
  example: [{ name: 'language', default: 'English' }],
};

@Component({ about: 'A new system prompt.' })
export class CreateSystemPrompt {
  @Text(name) readonly name!: string;
  @Text(description) readonly description?: string | null;
  @Text(content) readonly content!: string;
  @NestedList(() => VariableFields, { ...variables, optional: true })
  readonly variables?: readonly VariableFields[];
}

@Component({
  about:
    'What to change; a field that is absent stays as it is. Another content, or other variables, make another version.',
})
export class PatchSystemPrompt {
  @Text({ ...name, optional: true }) readonly name?: string;
  @Text(description) readonly description?: string | null;
  @Text({ ...content, optional: true }) readonly content?: string;
  @NestedList(() => VariableFields, { ...variables, optional: true })
  readonly variables?: readonly VariableFields[];
}

export class ListSystemPrompts {
  @QueryInt({ about: 'Items per page; each may be long.', min: 1, max: 50, default: 50 })
  readonly limit!: number;

  @Cursor([Date.parse(samples.time), samples.systemPrompt])
  readonly cursor?: string;
}

export class ListSystemPromptVersions {
  @QueryInt({ about: 'Versions per page.', min: 1, max: 50, default: 20 })
  readonly limit!: number;

  @Cursor([3])
  readonly cursor?: string;
}

@Component({ name: 'SystemPromptVersion', about: 'What a system prompt said from a change on.' })
export class VersionView {
  @Int({ about: 'Its number, counted from 1.', min: 1, example: 2 }) readonly version!: number;
  @Text(content) readonly content!: string;
  @NestedList(() => VariableFields, variables) readonly variables!: readonly VariableFields[];
  @Timestamp({ about: 'When it was made.' }) readonly created_at!: string;

  static of({ version, content: said, variables: places, created_at }: PromptVersion): VersionView {
    return { version, content: said, variables: places, created_at: toTimestamp(created_at) };
  }
}

@Component({ name: 'SystemPrompt', about: 'A system prompt that contexts can name.' })
export class SystemPromptView {
  @Id({ about: 'The system prompt.', example: samples.systemPrompt }) readonly id!: string;
  @Text(name) readonly name!: string;
  @Text({ ...description, optional: false }) readonly description!: string | null;
  @Int({ about: 'Its newest version, which is shown.', min: 1, example: 2 }) readonly version!: number;
  @Text(content) readonly content!: string;
  @NestedList(() => VariableFields, variables) readonly variables!: readonly VariableFields[];
  @Timestamp({ about: 'When it was made.' }) readonly created_at!: string;
  @Timestamp({ about: 'When it last changed.' }) readonly updated_at!: string;

  static of(prompt: SystemPrompt): SystemPromptView {
    return {
      id: prompt.id,
      name: prompt.name,
      description: prompt.description,
      version: prompt.version,
      content: prompt.content,
      variables: prompt.variables,
      created_at: toTimestamp(prompt.created_at),
      updated_at: toTimestamp(prompt.updated_at),
    };
  }
}

@Component({ about: 'A page of system prompts.' })
export class SystemPromptList {
  @NestedList(() => SystemPromptView, { about: 'One page, the newest first.', maxItems: 50 })
  readonly system_prompts!: readonly SystemPromptView[];
  @NextCursor()
  readonly next_cursor!: string | null;
}

@Component({ about: 'A page of the versions of a system prompt.' })
export class SystemPromptVersionList {
  @NestedList(() => VersionView, { about: 'One page, the newest first.', maxItems: 50 })
  readonly versions!: readonly VersionView[];
  @NextCursor()
  readonly next_cursor!: string | null;
}
