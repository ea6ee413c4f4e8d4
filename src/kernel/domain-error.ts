/** One wrong field of a request: `path` is dotted (`payload.data.content`), `message` a sentence. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

/**
 * Every stable, machine-readable error code. `http/problems.ts` gives each its status and title,
 * `docs/reference/errors.md` explains each; a test fails when the three lists differ.
 */
export const errorCodes = [
  'malformed_request',
  'invalid_request',
  'unauthorized',
  'host_not_allowed',
  'not_found',
  'context_not_found',
  'message_not_found',
  'branch_not_found',
  'run_not_found',
  'model_not_found',
  'mcp_server_not_found',
  'mcp_resource_not_found',
  'attachment_not_found',
  'model_call_not_found',
  'system_prompt_not_found',
  'method_not_allowed',
  'request_timeout',
  'workflow_not_found',
  'workflow_execution_not_found',
  'illegal_transition',
  'context_busy',
  'branch_in_use',
  'branch_name_taken',
  'sequence_mismatch',
  'stream_closed',
  'attachment_in_use',
  'system_prompt_in_use',
  'id_taken',
  'revision_mismatch',
  'body_too_large',
  'limit_exceeded',
  'unsupported_media_type',
  'range_not_satisfiable',
  'unprocessable',
  'attachment_refused',
  'cursor_ahead',
  'idempotency_key_reused',
  'unknown_model',
  'unknown_mode',
  'model_incapable',
  'unknown_system_prompt',
  'wrong_variables',
  'workspace_not_allowed',
  'tool_not_found',
  'nothing_to_retry',
  'decision_conflict',
  'mcp_refused',
  'too_many_requests',
  'mcp_unavailable',
  'storage_unavailable',
  'draining',
  'mcp_timeout',
  'internal_error',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** A refusal that a caller can act on. `facts` are added to the problem document as they are. */
export class DomainError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly facts: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'DomainError';
  }
}
