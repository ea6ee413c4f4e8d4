import type { FastifySchemaValidationError } from 'fastify/types/schema.js';
import { DomainError, type FieldError } from '../kernel/domain-error.js';

/**
 * Fastify's own refusals as ours, by the code of the error (fastify.dev/docs/latest/Reference/Errors); undefined for
 * anything else. Nest wraps some of them, with what was thrown as the cause. Pure.
 */
export function fromFastify(thrown: unknown): DomainError | undefined {
  const { cause } = (thrown ?? {}) as { readonly cause?: unknown };
  return refusals[codeOf(thrown)]?.(thrown) ?? refusals[codeOf(cause)]?.(cause);
}

const refusals: Readonly<Record<string, (thrown: unknown) => DomainError>> = {
  FST_ERR_BAD_URL: () => malformed('The address is not a valid URL.'),
  // A parameter that is longer than any id: nothing has such an address.
  FST_ERR_MAX_PARAM_LENGTH: notFound,
  FST_ERR_CTP_BODY_TOO_LARGE: () =>
    new DomainError('body_too_large', 'The body is larger than this server accepts.'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: unsupported,
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () => malformed('The body is not as long as Content-Length says.'),
  FST_ERR_VALIDATION: invalid,
};

export function notFound(): DomainError {
  return new DomainError('not_found', 'There is nothing at this address.');
}

export function malformed(message: string): DomainError {
  return new DomainError('malformed_request', message);
}

export function unsupported(): DomainError {
  return new DomainError('unsupported_media_type', 'Bodies are JSON: send Content-Type: application/json.');
}

/** What a compiled schema found wrong, in the form in which the classes of fields say it. */
function invalid(thrown: unknown): DomainError {
  const { validation = [] } = thrown as { readonly validation?: readonly FastifySchemaValidationError[] };
  // `if` only says that the branch it chose has failed, and how is said beside it.
  const errors = validation.filter(({ keyword }) => keyword !== 'if').map(toFieldError);
  const [first] = errors;
  const subject = first?.path ? first.path : 'The request';
  return new DomainError('invalid_request', `${subject} ${first?.message ?? 'is wrong'}.`, { errors });
}

function toFieldError({ instancePath, keyword, params, message }: FastifySchemaValidationError): FieldError {
  const names = instancePath.split('/').slice(1);
  const path = (...more: readonly unknown[]): string => [...names, ...more].join('.');
  if (keyword === 'required') return { path: path(params.missingProperty), message: 'is required' };
  if (keyword === 'additionalProperties')
    return { path: path(String(params.additionalProperty).slice(0, 100)), message: 'is not a known field' };
  return { path: path(), message: message ?? 'is wrong' };
}

const codeOf = (thrown: unknown): string => String((thrown as { code?: unknown } | undefined)?.code);
