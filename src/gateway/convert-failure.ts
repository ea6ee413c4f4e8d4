import { problems } from '../http/problems.js';
import { DomainError, type ErrorCode, type FieldError } from '../kernel/domain-error.js';
import { ModelError, type ModelErrorCode } from '../providers/model-error.js';
import type { GatewayFailure } from './dialects/gateway-failure.js';

/** Where the vendors answer with other statuses than this server does elsewhere. */
const statuses: Readonly<Partial<Record<ErrorCode, number>>> = {
  unknown_model: 404,
  model_incapable: 400,
  unprocessable: 400,
};

/** A refusal as its caller's vendor would know it. */
export function convertRefusal({ code, message, facts }: DomainError): GatewayFailure {
  const [wrong] = (facts['errors'] ?? []) as readonly FieldError[];
  const wait = problems[code].retry_after_s;
  return {
    status: statuses[code] ?? problems[code].status,
    code,
    message,
    ...(wrong && wrong.path !== '' && { path: wrong.path }),
    ...(wait !== undefined && { retry_after_s: wait }),
  };
}

/** What went wrong between this server and the model, as a status of this server. */
const modelStatuses: Readonly<Record<ModelErrorCode, number>> = {
  connect_failed: 502,
  connect_timeout: 504,
  first_chunk_timeout: 504,
  idle_timeout: 504,
  rate_limited: 429,
  upstream_error: 502,
  upstream_rejected: 400,
  upstream_protocol: 502,
  content_too_large: 502,
  circuit_open: 503,
  provider_busy: 503,
  call_denied: 403,
};

/** Refusals of the provider's that are about this server, and not about what its caller asked for. */
const ours: readonly number[] = [401, 402, 403, 407];

function statusOf({ code, status }: ModelError): number {
  if (code !== 'upstream_rejected' || status === undefined) return modelStatuses[code];
  if (ours.includes(status) || status < 400) return 502;
  return status < 500 ? status : 502;
}

const isKnown = (error: unknown): error is ModelError =>
  error instanceof ModelError && error.code in modelStatuses;

/** Whatever stopped a call; undefined for what nobody has foreseen. */
export function convertFailure(error: unknown): GatewayFailure | undefined {
  if (error instanceof DomainError) return convertRefusal(error);
  if (!isKnown(error)) return undefined;
  const { code, message, retry_after_ms: wait } = error;
  return {
    status: statusOf(error),
    code,
    message,
    ...(wait !== undefined && { retry_after_s: Math.ceil(wait / 1000) }),
  };
}

/** For what nobody has foreseen: its cause is in the log. */
export const unforeseen: GatewayFailure = {
  status: 500,
  code: 'internal_error',
  message: 'The request failed; its id is in the server’s log.',
};
