import { errorCodes, type ErrorCode } from '../kernel/domain-error.js';
import { Choice, Int, NestedList, Text } from './fields.js';

/** One wrong field. */
class FieldErrorView {
  @Text({ about: 'The field, dotted.', max: 1000, example: 'payload.data.content' })
  readonly path!: string;

  @Text({ about: 'What is wrong with it, as the end of a sentence.', max: 1000, example: 'is required' })
  readonly message!: string;
}

/** Every error is answered with one of these, as application/problem+json (RFC 9457); some codes add facts of their own. */
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

  @Text({ about: 'What happened this time, for a person.', max: 2000 })
  readonly detail!: string;

  @Text({
    about: 'This occurrence; it holds the request id that the log knows.',
    max: 200,
    example: 'urn:request:req-1',
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
}
