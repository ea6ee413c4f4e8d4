import { errorCodes, type ErrorCode } from '../src/kernel/domain-error.js';
import { problems, toProblem } from '../src/http/problems.js';
import { samples } from '../src/http/fields.js';

interface Occurrence {
  readonly detail: string;
  readonly facts?: Readonly<Record<string, unknown>>;
}

const streaming = {
  state: { type: 'streaming_response', message_id: samples.message, sequence: 42 },
  allowed_actions: ['cancel', 'switch_branch', 'generate_title'],
};

const waiting = {
  state: {
    type: 'awaiting_user',
    reason: 'tool_approval',
    pending: [{ tool_call_id: 'call_2', tool_name: 'read_file' }],
  },
  allowed_actions: [
    ...['send_message', 'append_message', 'edit_message', 'approve_tools', 'cancel', 'retry'],
    ...['archive', 'switch_branch', 'generate_title'],
  ],
};

/** How each refusal looks when it happens. */
const occurrences: Readonly<Record<ErrorCode, Occurrence>> = {
  malformed_request: { detail: 'The body is not valid JSON.' },
  invalid_request: {
    detail: 'content must not be empty.',
    facts: { errors: [{ path: 'content', message: 'must not be empty' }] },
  },
  unauthorized: { detail: 'Send Authorization: Bearer with one of the server’s tokens.' },
  host_not_allowed: { detail: 'Without tokens, only requests to a loopback host name are answered.' },
  not_found: { detail: 'There is nothing at this address.' },
  context_not_found: { detail: `There is no context ${samples.context}.` },
  message_not_found: { detail: `The context has no message ${samples.message}.` },
  branch_not_found: { detail: 'The context has no branch draft.' },
  model_not_found: {
    detail: 'There is no such model; GET /models lists those that there are.',
    facts: {
      error: {
        message: 'There is no such model; GET /models lists those that there are.',
        type: 'not_found_error',
        param: 'model',
        code: 'model_not_found',
      },
    },
  },
  run_not_found: { detail: `The context has no run ${samples.run}.` },
  workflow_not_found: { detail: 'There is no workflow of that id.' },
  workflow_execution_not_found: { detail: 'There is no execution of that id.' },
  tool_not_found: { detail: 'There is no tool named read_file.' },
  mcp_server_not_found: { detail: 'There is no MCP server named files.' },
  mcp_resource_not_found: { detail: 'The MCP server has no resource file:///srv/docs/leases.md.' },
  attachment_not_found: { detail: `There is no attachment ${samples.attachment}.` },
  model_call_not_found: { detail: `No call ${samples.request} waits to be approved.` },
  method_not_allowed: { detail: 'There is something at this address, but not with PUT.' },
  request_timeout: { detail: 'The request had not arrived whole when its time was over.' },
  illegal_transition: {
    detail: 'The context is in state streaming_response, where archive is not possible.',
    facts: streaming,
  },
  context_busy: { detail: 'A run is under way in this context.', facts: streaming },
  branch_in_use: { detail: 'The branch cannot be deleted now. A run works or waits on it.' },
  branch_name_taken: { detail: 'Another branch of the context has that name.' },
  sequence_mismatch: { detail: 'The last sequence is 42.', facts: { current_sequence: 42 } },
  id_taken: { detail: `The id ${samples.context} is taken already.` },
  stream_closed: {
    detail: 'The message is complete; nothing can be added to it.',
    facts: { current_sequence: 42 },
  },
  decision_conflict: {
    detail: 'The call call_1 is denied already.',
    facts: waiting,
  },
  nothing_to_retry: { detail: 'No user message stands on this branch.' },
  system_prompt_in_use: { detail: `The context ${samples.context} is answered with it.` },
  attachment_in_use: { detail: 'Messages refer to the attachment; it goes when they have gone.' },
  revision_mismatch: { detail: 'The context is at revision 57 now.', facts: { revision: 57 } },
  body_too_large: { detail: 'The body is larger than this server accepts.' },
  limit_exceeded: { detail: 'A message may have at most 33554432 bytes of text.' },
  unsupported_media_type: { detail: 'Bodies are JSON: send Content-Type: application/json.' },
  range_not_satisfiable: { detail: 'The file has 2048 bytes.', facts: { size_bytes: 2048 } },
  unprocessable: { detail: 'Only a message of the user can be edited.' },
  attachment_refused: { detail: 'The file says that it is image/png, but its bytes are application/pdf.' },
  cursor_ahead: { detail: 'The context is at revision 57, before 99.', facts: { revision: 57 } },
  idempotency_key_reused: {
    detail: 'This Idempotency-Key was used with another request; use a new key for a new request.',
  },
  unknown_model: {
    detail: 'There is no such model, only scripted/default.',
    facts: { models: ['scripted/default'] },
  },
  model_incapable: {
    detail: 'The model scripted/plain cannot see images. These can: scripted/default.',
    facts: { model: 'scripted/plain', needs: ['vision'], models: ['scripted/default'] },
  },
  unknown_system_prompt: { detail: `There is no system prompt ${samples.systemPrompt}.` },
  wrong_variables: {
    detail: 'The system prompt needs values of reader: set system_prompt_variables.',
    facts: { variables: ['reader'] },
  },
  system_prompt_not_found: { detail: `There is no system prompt ${samples.systemPrompt}.` },
  unknown_mode: {
    detail: 'There is no such mode, only chat, plan, act.',
    facts: { modes: ['chat', 'plan', 'act'] },
  },
  workspace_not_allowed: {
    detail:
      'The workspace must be an existing folder, by its absolute path, in one that the operator allows.',
  },
  mcp_refused: { detail: 'Invalid arguments for prompt explain: topic is required.' },
  too_many_requests: { detail: 'As many streams as this server allows are open.' },
  internal_error: { detail: 'The request failed; its id is in the server’s log.' },
  mcp_unavailable: { detail: 'The MCP server files is not available: it ended with exit code 1.' },
  storage_unavailable: { detail: 'The database cannot be written at the moment.' },
  draining: { detail: 'The server is shutting down; try again in a moment.' },
  mcp_timeout: { detail: 'The MCP server files did not answer within 30000 ms.' },
};

const instance = 'urn:request:0199c9a2-8b12-7d02-9f41-1c6e0b7a5d93';

/** `components.examples`: one problem for each code, which error answers refer to by it. */
export const problemExamples = Object.fromEntries(
  errorCodes.map((code) => {
    const { detail, facts = {} } = occurrences[code];
    return [
      code,
      { summary: problems[code].title, value: toProblem({ code, message: detail, facts }, { instance }) },
    ];
  }),
);
