import { applyDecorators, HttpCode, type Type } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiHeader,
  ApiOperation,
  ApiParam,
  ApiResponse,
  getSchemaPath,
} from '@nestjs/swagger';
import type { ErrorCode } from '../kernel/domain-error.js';
import { ProblemView } from './problem-view.js';
import { problems } from './problems.js';

export interface OperationFacts {
  /** What a client generator calls it; a person would type it. */
  readonly id: string;
  readonly summary: string;
  readonly about?: string;
  readonly answer: {
    readonly status: number;
    readonly about: string;
    /** Its body; without one the answer has none. */
    readonly type?: Type | readonly Type[];
    /** Where the body is not JSON. */
    readonly mediaType?: string;
    readonly headers?: Readonly<Record<string, string>>;
  };
  /** Codes of its own; those that any request can meet are added. */
  readonly errors?: readonly ErrorCode[];
  /** Takes `Idempotency-Key`. */
  readonly isIdempotent?: boolean;
  /** Takes `If-None-Match`, and answers 304. */
  readonly isConditional?: boolean;
  /** Takes `If-Match`: it goes ahead only while the context still has that ETag. */
  readonly isGuarded?: boolean;
  readonly isDeprecated?: boolean;
}

const path = (name: string, description: string): MethodDecorator & ClassDecorator =>
  ApiParam({ name, description, schema: { type: 'string', format: 'uuid' } });

export const ContextPath = path('context_id', 'The context.');
export const MessagePath = path('message_id', 'The message.');

const always: readonly ErrorCode[] = ['unauthorized', 'internal_error', 'storage_unavailable'];

/** Says all of an operation that its parameters do not: status, answer and errors, over HTTP and in OpenAPI alike. */
export const Operation = (facts: OperationFacts): MethodDecorator =>
  applyDecorators(
    HttpCode(facts.answer.status),
    ApiOperation({
      operationId: facts.id,
      summary: facts.summary,
      ...(facts.about && { description: facts.about }),
      ...(facts.isDeprecated && { deprecated: true }),
    }),
    ...answerOf(facts),
    ...errorsOf(facts),
    ...(facts.isIdempotent ? [idempotencyHeader] : []),
    ...(facts.isConditional ? conditional : []),
    ...(facts.isGuarded ? [guard] : []),
  );

function answerOf({ answer }: OperationFacts): MethodDecorator[] {
  const { status, about, type, mediaType, headers = {} } = answer;
  const types = type === undefined ? [] : [type].flat();
  const shown = Object.entries(headers).map(([name, description]) => [
    name,
    { description, schema: { type: 'string' } },
  ]);
  const refs = types.map((one) => ({ $ref: getSchemaPath(one) }));
  const schema = refs.length > 1 ? { anyOf: refs } : (refs[0] ?? { type: 'string' });
  return [
    ...(types.length > 0 ? [ApiExtraModels(...types)] : []),
    ApiResponse({
      status,
      description: about,
      headers: Object.fromEntries(shown) as Record<
        string,
        { description: string; schema: { type: 'string' } }
      >,
      ...((types.length > 0 || mediaType) && { content: { [mediaType ?? 'application/json']: { schema } } }),
    }),
  ];
}

function errorsOf({ errors = [], isIdempotent }: OperationFacts): MethodDecorator[] {
  const codes = [
    ...new Set([...errors, ...(isIdempotent ? (['idempotency_key_reused'] as const) : []), ...always]),
  ];
  const statuses = [...new Set(codes.map((code) => problems[code].status))].sort();
  return [
    ApiExtraModels(ProblemView),
    ...statuses.map((status) => {
      const these = codes.filter((code) => problems[code].status === status);
      return ApiResponse({
        status,
        description: these.map((code) => `\`${code}\`: ${problems[code].title}.`).join(' '),
        content: { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemView) } } },
      });
    }),
  ];
}

const idempotencyHeader = ApiHeader({
  name: 'Idempotency-Key',
  required: false,
  description:
    'A name of this request, 1 to 255 visible ASCII characters. Sent again within 24 h, it gets the first answer again.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
});

const conditional = [
  ApiHeader({
    name: 'If-None-Match',
    required: false,
    description: 'The `ETag` of the answer that the client has.',
    schema: { type: 'string' },
  }),
  ApiResponse({ status: 304, description: 'Nothing has changed; the answer has no body.' }),
];

const guard = ApiHeader({
  name: 'If-Match',
  required: false,
  description: 'The `ETag` that the change was decided on; a stale one is refused with 412.',
  schema: { type: 'string' },
});
