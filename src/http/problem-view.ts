import { errorCodes, type ErrorCode } from '../kernel/domain-error.js';
import { Choice, Component, Field, Int, NestedList, Text, TextList } from './fields.js';

@Component({ name: 'FieldError', about: 'One wrong field.' })
class FieldErrorView {
  @Text({ about: 'The field, dotted.', max: 1000, example: 'payload.data.content' })
  readonly path!: string;

  @Text({ about: 'What is wrong with it, as the end of a sentence.', max: 1000, example: 'is required' })
  readonly message!: string;
}

/** Every error is answered with one of these, as application/problem+json (RFC 9457); some codes add facts of their own. */
@Component({ name: 'Problem', about: 'Why a request was refused (RFC 9457). Decide by `code`.' })
export class ProblemView {
  @Text({
    about: 'A name of the kind of problem, to compare: `/problems/<code>`.',
    max: 100,
    example: '/problems/context_busy',
  })
  readonly type!: string;

  @Text({ about: 'The same for every problem of this kind.', max: 200, example: 'A run is under way' })
  readonly title!: string;

  @Int({ about: 'The HTTP status.', min: 400, max: 599, example: 409 })
  readonly status!: number;

  @Text({
    about: 'What happened this time, for a person.',
    max: 2000,
    example: 'A run is under way in this context.',
  })
  readonly detail!: string;

  @Text({
    about: 'This occurrence; it holds the request id that the log knows.',
    max: 200,
    example: 'urn:request:0199c9a2-8b12-7d02-9f41-1c6e0b7a5d93',
  })
  readonly instance!: string;

  @Choice({
    about: 'The kind of problem, for a program. Never changed once released.',
    values: errorCodes,
    example: 'context_busy',
  })
  readonly code!: ErrorCode;

  @NestedList(() => FieldErrorView, {
    about: 'With `invalid_request`: each wrong field.',
    maxItems: 50,
    optional: true,
  })
  readonly errors?: readonly FieldErrorView[];

  @StateByName()
  readonly state?: unknown;

  @TextList({
    about: 'With most 409: what may be asked of the context now.',
    max: 40,
    maxItems: 40,
    optional: true,
    example: ['cancel', 'switch_branch', 'generate_title'],
  })
  readonly allowed_actions?: readonly string[];

  @Int({
    about: 'With `sequence_mismatch`, `stream_closed` and `cursor_ahead`: the last chunk of the message.',
    min: 0,
    optional: true,
    example: 42,
  })
  readonly current_sequence?: number;

  @Int({
    about: 'With `revision_mismatch` and `cursor_ahead`: the revision of the context.',
    min: 1,
    optional: true,
    example: 57,
  })
  readonly revision?: number;

  @TextList({
    about: 'With `unknown_model`: the models that there are. With `model_incapable`: those that could do it.',
    max: 300,
    maxItems: 10_000,
    optional: true,
    example: ['scripted/default'],
  })
  readonly models?: readonly string[];

  @TextList({
    about: 'With `model_incapable`: what the model lacks, of `vision`, `tools`, `reasoning` and `window`.',
    max: 64,
    maxItems: 10,
    optional: true,
    example: ['vision'],
  })
  readonly needs?: readonly string[];

  @Text({ about: 'With `model_incapable`: the model.', max: 300, optional: true, example: 'scripted/plain' })
  readonly model?: string;

  @TextList({
    about: 'With `wrong_variables`: those that are missing, or that there are not.',
    max: 1000,
    maxItems: 100,
    optional: true,
    example: ['reader'],
  })
  readonly variables?: readonly string[];

  @TextList({
    about: 'With `unknown_mode`: the modes that there are.',
    max: 64,
    maxItems: 1000,
    optional: true,
    example: ['chat', 'plan', 'act'],
  })
  readonly modes?: readonly string[];
}

/** The state machine lives on a higher step; the document knows its state by name. */
function StateByName(): PropertyDecorator {
  return Field(
    { about: 'With most 409: where the context stands.', optional: true },
    { schema: { allOf: [{ $ref: '#/components/schemas/ContextState' }] }, problem: () => undefined },
  );
}
