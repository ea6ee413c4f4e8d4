import { Choice, Component, Nested, QueryFlag, QueryInt, samples, Text, Cursor } from '../../http/fields.js';
import type { StateType } from '../context-state.js';
import { ConfigPatchFields } from './config-fields.js';
import { stateTypes } from './state-views.js';

const printable = /^[^\p{Cc}\p{Cs}]*$/u;
const says = 'must not have control characters';

@Component({ about: 'A new context; every field is optional.' })
export class CreateContext {
  @Text({
    about: 'Its title; one can be generated later.',
    min: 1,
    max: 300,
    pattern: printable,
    says,
    optional: true,
    example: 'Leases explained',
  })
  readonly title?: string;

  @Nested(() => ConfigPatchFields, {
    about: 'How it is answered.',
    optional: true,
    example: { model: 'scripted/default', system_prompt: 'Answer in one sentence.' },
  })
  readonly config?: ConfigPatchFields;
}

@Component({ about: 'What to change; a field that is absent stays as it is.' })
export class PatchContext {
  @Text({
    about: 'The new title; null removes it.',
    min: 1,
    max: 300,
    pattern: printable,
    says,
    optional: true,
    nullable: true,
    example: 'Leases, once more',
  })
  readonly title?: string | null;

  @Nested(() => ConfigPatchFields, {
    about: 'Fields of the config: a value sets, null removes, absence leaves.',
    optional: true,
    example: { system_prompt: null, parameters: { temperature: 0.7 } },
  })
  readonly config?: ConfigPatchFields;
}

export class ListContexts {
  @QueryInt({ about: 'Contexts per page.', min: 1, max: 200, default: 50 })
  readonly limit!: number;

  @Cursor([Date.parse(samples.time), samples.context])
  readonly cursor?: string;

  @Choice({ about: 'Only those in this state.', values: stateTypes, optional: true })
  readonly state?: StateType;

  @Text({
    about: 'Only those whose title has this text in it, in any case.',
    example: 'lease',
    min: 1,
    max: 300,
    pattern: printable,
    says,
    optional: true,
  })
  readonly q?: string;

  @QueryFlag({ about: 'The archived ones instead of the others.', optional: true })
  readonly archived?: boolean;
}
