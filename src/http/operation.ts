import 'reflect-metadata';
import { applyDecorators, HttpCode, type Type } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { ApiHeaderOptions, ApiResponseOptions, SchemaObject } from '@nestjs/swagger';
import type { ErrorCode } from '../kernel/domain-error.js';
import { Open } from './access.guard.js';
import { documented, type PathOf } from './documented.js';
import { samples } from './fields.js';
import { ProblemView } from './problem-view.js';
import { problems, retryAfterSeconds } from './problems.js';

export interface OperationFacts {
  /** What a client generator calls it; a person would type it. */
  readonly id: string;
  /** One line, for a list of operations; `about` says the rest. */
  readonly summary: string;
  readonly about?: string;
  readonly answer: {
    readonly status: number;
    readonly about: string;
    /** Its body, one of several when it is a list; without one the answer has none. */
    readonly type?: Type | readonly Type[];
    /** Where the body is not JSON, or JSON of no class. */
    readonly mediaType?: string;
    /** Of such a body. */
    readonly schema?: SchemaObject;
    readonly headers?: Readonly<Record<string, HeaderFacts>>;
    /** Fields of the shown example that are other here than the fields' own examples say. */
    readonly example?: object;
    /** Other statuses of success, with the same body: what each says. */
    readonly others?: Readonly<Record<number, string>>;
    /** Headers that an answer of one status has beside those, be it a success or an error. */
    readonly headersOf?: Readonly<Record<number, Readonly<Record<string, HeaderFacts>>>>;
    /** Other media types that the same answer can be of. */
    readonly also?: Bodies;
  };
  /** Codes of its own; those that any such request can meet are added. */
  readonly errors?: readonly ErrorCode[];
  /** Needs no token: it tells nothing about anybody. */
  readonly isOpen?: boolean;
  /** Takes `Idempotency-Key`. */
  readonly isIdempotent?: boolean;
  /** Takes `If-None-Match`, and answers 304. */
  readonly isConditional?: boolean;
  /** Takes `If-Match`: it goes ahead only while the context still has that ETag. */
  readonly isGuarded?: boolean;
  readonly isDeprecated?: boolean;
}

/** Bodies that are of no class, each by its media type. */
export type Bodies = Readonly<Record<string, { readonly schema: SchemaObject }>>;

export interface HeaderFacts {
  readonly about: string;
  readonly example: string;
}

const path = (name: string, description: string, example: string): MethodDecorator & ClassDecorator =>
  documented(({ ApiParam }) =>
    ApiParam({ name, description, schema: { type: 'string', format: 'uuid', example } }),
  );

/** A part of the path that is a name rather than an id. */
export const TextPath = (name: string, description: string, example: string): MethodDecorator =>
  documented(({ ApiParam }) => ApiParam({ name, description, schema: { type: 'string', example } }));

export const ContextPath = path('context_id', 'The context.', samples.context);
export const ExecutionPath = path('execution_id', 'The execution of a workflow.', samples.run);

/** A path parameter that is a name which somebody chose, and no id. */
export const NamePath = (
  name: string,
  description: string,
  example: string,
): MethodDecorator & ClassDecorator =>
  documented(({ ApiParam }) => ApiParam({ name, description, schema: { type: 'string', example } }));

export const BranchPath = TextPath('branch_id', 'The branch: `main`, or an id.', 'main');
export const MessagePath = path('message_id', 'The message.', samples.message);
export const SystemPromptPath = path('system_prompt_id', 'The system prompt.', samples.systemPrompt);
export const ModelCallPath = path('model_call_id', 'The call to a model.', samples.request);
export const AttachmentPath = path('attachment_id', 'The attachment.', samples.attachment);

/** The chapter of the document that a controller's operations are in. */
export const Tag = (name: string): ClassDecorator => documented(({ ApiTags }) => ApiTags(name));

/** The class of a body that is read by a schema of its own, and not by the class. */
export const BodyOf = (type: Type): MethodDecorator => documented(({ ApiBody }) => ApiBody({ type }));

export const RequestHeader = (header: ApiHeaderOptions): MethodDecorator =>
  documented(({ ApiHeader }) => ApiHeader(header));

/** Says all of an operation that its parameters do not: status, answer and errors, over HTTP and in OpenAPI alike. */
export const Operation =
  (facts: OperationFacts): MethodDecorator =>
  (target, method, descriptor) =>
    applyDecorators(
      HttpCode(facts.answer.status),
      documented(({ ApiOperation }) =>
        ApiOperation({
          operationId: facts.id,
          summary: facts.summary,
          ...(facts.about && { description: facts.about }),
          ...(facts.isDeprecated && { deprecated: true }),
        }),
      ),
      answerOf(facts),
      errorsOf(facts, takesBody(target, method)),
      ...(facts.isOpen ? [Open()] : []),
      ...(facts.isIdempotent ? [idempotencyHeader] : []),
      ...(facts.isConditional ? [matchHeader, notModified] : []),
      ...(facts.isGuarded ? [guardHeader] : []),
    )(target, method, descriptor);

/** Nest has noted a method's parameters by the time that the method's own decorators run. */
function takesBody(target: object, method: string | symbol): boolean {
  const noted: unknown = Reflect.getMetadata(ROUTE_ARGS_METADATA, target.constructor, method);
  return Object.keys(noted ?? {}).some((parameter) => parameter.startsWith(`${RouteParamtypes.BODY}:`));
}

type Headers = ApiResponseOptions['headers'];

function answerOf({ answer }: OperationFacts): MethodDecorator {
  const { status, about, type, mediaType = 'application/json', headers = {}, example, others = {} } = answer;
  const types = type === undefined ? [] : [type].flat();
  const hasBody = types.length > 0 || answer.mediaType !== undefined;
  return documented(({ ApiExtraModels, ApiResponse, getSchemaPath }) => {
    const refs = types.map((one) => ({ $ref: getSchemaPath(one) }));
    const otherwise = answer.schema ?? { type: 'object', additionalProperties: true };
    const schema = refs.length > 1 ? { oneOf: refs } : (refs[0] ?? otherwise);
    const say = (code: number, description: string): MethodDecorator & ClassDecorator =>
      ApiResponse({
        status: code,
        description,
        headers: mapHeaders({ ...headers, ...answer.headersOf?.[code] }),
        ...(hasBody && {
          content: { [mediaType]: { schema, ...(example && { example }) }, ...answer.also },
        }),
      });
    return applyDecorators(
      ...(types.length > 0 ? [ApiExtraModels(...types)] : []),
      say(status, about),
      ...Object.entries(others).map(([code, description]) => say(Number(code), description)),
    );
  });
}

const mapHeaders = (headers: Readonly<Record<string, HeaderFacts>>): Headers =>
  Object.fromEntries(
    Object.entries(headers).map(([name, { about, example }]) => [
      name,
      { description: about, schema: { type: 'string' }, example },
    ]),
  );

/** What a POST, PUT or PATCH may be answered with before anybody asks what its body means, or whether one is wanted. */
export const errorsOfReading = ['request_timeout', 'body_too_large', 'unsupported_media_type'] as const;

/** What any request may be answered with, beside what its operation names. */
function codesOf({ errors = [], isOpen, isIdempotent }: OperationFacts, hasBody: boolean): Set<ErrorCode> {
  return new Set<ErrorCode>([
    ...(hasBody ? (['invalid_request', ...errorsOfReading] as const) : []),
    ...errors,
    ...(isIdempotent ? (['invalid_request', 'idempotency_key_reused'] as const) : []),
    ...(isOpen ? [] : (['malformed_request', 'unauthorized', 'storage_unavailable'] as const)),
    'host_not_allowed',
    'internal_error',
  ]);
}

function errorsOf(facts: OperationFacts, hasBody: boolean): MethodDecorator {
  const codes = [...codesOf(facts, hasBody)];
  const statuses = [...new Set(codes.map((code) => problems[code].status))];
  return documented(({ ApiExtraModels, ApiResponse, getSchemaPath }) =>
    applyDecorators(
      ApiExtraModels(ProblemView),
      ...statuses.map((status) => {
        const ofStatus = codes.filter((code) => problems[code].status === status);
        return ApiResponse(errorOf(status, ofStatus, getSchemaPath, facts.answer.headersOf?.[status]));
      }),
    ),
  );
}

/** An error answer. Its examples are also the list of its codes, for programs; they are shaped with the document. */
function errorOf(
  status: number,
  codes: readonly ErrorCode[],
  pathOf: PathOf,
  own: Readonly<Record<string, HeaderFacts>> = {},
): ApiResponseOptions {
  const waits = codes.map(retryAfterSeconds).find((seconds) => seconds !== undefined);
  const headers = {
    ...own,
    ...(waits !== undefined && {
      'Retry-After': { about: 'Seconds to wait before the same again.', example: String(waits) },
    }),
    ...(status === 401 && {
      'WWW-Authenticate': { about: 'How to authenticate.', example: 'Bearer realm="pullcord"' },
    }),
  };
  return {
    status,
    description: codes.map((code) => `\`${code}\`: ${problems[code].title}.`).join(' '),
    headers: mapHeaders(headers),
    content: {
      'application/problem+json': {
        schema: { $ref: pathOf(ProblemView) },
        examples: Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
      },
    },
  };
}

const idempotencyHeader = RequestHeader({
  name: 'Idempotency-Key',
  required: false,
  description:
    'A name of this request, 1 to 255 visible ASCII characters. Sent again within 24 h, it gets the first answer again.',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' },
  example: 'send-7f3e7a51',
});

const matchHeader = RequestHeader({
  name: 'If-None-Match',
  required: false,
  description: 'The `ETag` of the answer that the client has.',
  schema: { type: 'string' },
  example: '"57"',
});

const notModified = documented(({ ApiResponse }) =>
  ApiResponse({ status: 304, description: 'Nothing has changed; the answer has no body.' }),
);

const guardHeader = RequestHeader({
  name: 'If-Match',
  required: false,
  description: 'The `ETag` that the change was decided on; a stale one is refused with 412.',
  schema: { type: 'string' },
  example: '"57"',
});
