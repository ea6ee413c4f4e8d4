import { Choice, Nested, QueryFlag, QueryInt, Text } from '../../http/fields.js';
import type { StateType } from '../context-state.js';
import { ContextConfigFields } from './config-fields.js';

const printable = /^[^\p{Cc}\p{Cs}]*$/u;
const says = 'must not have control characters';
const stateTypes: readonly StateType[] = [
  'initial',
  'active',
  'awaiting_llm',
  'streaming_response',
  'processing_tool',
  'processing_workflow',
  'awaiting_user',
  'error',
  'archived',
];

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

  @Nested(() => ContextConfigFields, { about: 'How it is answered.', optional: true })
  readonly config?: ContextConfigFields;
}

export class PatchContext {
  @Text({
    about: 'The new title; null removes it.',
    min: 1,
    max: 300,
    pattern: printable,
    says,
    optional: true,
    nullable: true,
  })
  readonly title?: string | null;

  @Nested(() => ContextConfigFields, {
    about: 'Fields of the config: a value sets, null removes, absence leaves.',
    optional: true,
  })
  readonly config?: ContextConfigFields;
}

export class ListContexts {
  @QueryInt({ about: 'Contexts per page.', min: 1, max: 200, optional: true, example: 50 })
  readonly limit: number = 50;

  @Text({ about: 'The `next_cursor` of the page before.', min: 1, max: 500, optional: true })
  readonly cursor?: string;

  @Choice({ about: 'Only those in this state.', values: stateTypes, optional: true })
  readonly state?: StateType;

  @Text({
    about: 'Only those whose title has this text in it, in any case.',
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
