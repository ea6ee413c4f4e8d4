import type { DomainError, ErrorCode } from '../kernel/domain-error.js';

interface ProblemKind {
  readonly status: number;
  /** Says the same for every occurrence (RFC 9457 §3.1.3). */
  readonly title: string;
  /** How long to wait before the same request is worth sending again, where waiting is what helps. */
  readonly retry_after_s?: number;
}

/** What each error code is over HTTP. docs/reference/errors.md says what a client should do about it. */
export const problems: Readonly<Record<ErrorCode, ProblemKind>> = {
  malformed_request: { status: 400, title: 'The request could not be read' },
  invalid_request: { status: 400, title: 'The request has wrong fields' },
  unauthorized: { status: 401, title: 'A valid access token is required' },
  host_not_allowed: { status: 403, title: 'This host name is not served' },
  not_found: { status: 404, title: 'There is nothing here' },
  context_not_found: { status: 404, title: 'There is no such context' },
  message_not_found: { status: 404, title: 'There is no such message' },
  branch_not_found: { status: 404, title: 'There is no such branch' },
  run_not_found: { status: 404, title: 'There is no such run' },
  model_not_found: { status: 404, title: 'There is no such model here' },
  workflow_not_found: { status: 404, title: 'There is no such workflow' },
  workflow_execution_not_found: { status: 404, title: 'There is no such execution of a workflow' },
  tool_not_found: { status: 404, title: 'There is no such tool' },
  mcp_server_not_found: { status: 404, title: 'There is no such MCP server' },
  mcp_resource_not_found: { status: 404, title: 'The MCP server has no such resource' },
  system_prompt_not_found: { status: 404, title: 'There is no such system prompt' },
  attachment_not_found: { status: 404, title: 'There is no such attachment' },
  model_call_not_found: { status: 404, title: 'No such call waits to be approved' },
  method_not_allowed: { status: 405, title: 'This address has no such method' },
  request_timeout: { status: 408, title: 'The request did not arrive in time' },
  illegal_transition: { status: 409, title: 'Not possible in the present state' },
  context_busy: { status: 409, title: 'A run is under way' },
  branch_in_use: { status: 409, title: 'The branch is in use' },
  branch_name_taken: { status: 409, title: 'Another branch has that name' },
  sequence_mismatch: { status: 409, title: 'The stream is at another sequence' },
  stream_closed: { status: 409, title: 'The message is final' },
  nothing_to_retry: { status: 409, title: 'There is nothing to retry' },
  decision_conflict: { status: 409, title: 'It was decided otherwise' },
  system_prompt_in_use: { status: 409, title: 'Contexts are answered with the system prompt' },
  attachment_in_use: { status: 409, title: 'Messages refer to the attachment' },
  id_taken: { status: 409, title: 'The id is taken' },
  revision_mismatch: { status: 412, title: 'The context has changed since' },
  body_too_large: { status: 413, title: 'The request body is too large' },
  limit_exceeded: { status: 413, title: 'A limit would be exceeded' },
  unsupported_media_type: { status: 415, title: 'The media type is not supported' },
  range_not_satisfiable: { status: 416, title: 'There are no such bytes' },
  unprocessable: { status: 422, title: 'The request makes no sense here' },
  attachment_refused: { status: 422, title: 'The file is not accepted' },
  cursor_ahead: { status: 422, title: 'The cursor is ahead of the server' },
  idempotency_key_reused: { status: 422, title: 'The idempotency key belongs to another request' },
  unknown_model: { status: 422, title: 'There is no such model' },
  model_incapable: { status: 422, title: 'The model cannot do that' },
  unknown_system_prompt: { status: 422, title: 'There is no such system prompt to be named' },
  wrong_variables: { status: 422, title: 'The variables of the system prompt do not fit' },
  unknown_mode: { status: 422, title: 'There is no such mode' },
  workspace_not_allowed: { status: 422, title: 'The workspace is not allowed' },
  mcp_refused: { status: 422, title: 'The MCP server refused the request' },
  too_many_requests: { status: 429, title: 'Too many requests at once', retry_after_s: 1 },
  internal_error: { status: 500, title: 'Something went wrong on the server' },
  mcp_unavailable: { status: 503, title: 'The MCP server is not available', retry_after_s: 5 },
  storage_unavailable: { status: 503, title: 'The storage is not available', retry_after_s: 5 },
  draining: { status: 503, title: 'The server is shutting down', retry_after_s: 5 },
  mcp_timeout: { status: 504, title: 'The MCP server did not answer in time' },
};

/** A problem document (RFC 9457 §3); what else it holds are the facts of its error. */
export interface Problem {
  /** `/problems/<code>`: a name to compare, never changed once released, and no address to open. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: ErrorCode;
  readonly [fact: string]: unknown;
}

/** The document that answers a refusal. `instance` is a URI reference that names this occurrence. */
export function toProblem(
  { code, message, facts }: Pick<DomainError, 'code' | 'message' | 'facts'>,
  { instance }: { readonly instance: string },
): Problem {
  const { status, title } = problems[code];
  const members = { type: `/problems/${code}`, title, status, detail: message, instance, code };
  // Spread twice: the first puts the standard members at the top, the second keeps facts from replacing them.
  return { ...members, ...facts, ...members };
}

/** The `Retry-After` of a refusal in whole seconds; undefined for one that waiting does not cure. */
export const retryAfterSeconds = (code: ErrorCode): number | undefined => problems[code].retry_after_s;
