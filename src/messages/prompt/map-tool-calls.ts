import type { MessageId } from '../../kernel/ids.js';
import type { PromptMessage, PromptToolCall } from '../../providers/language-model.js';
import {
  isKnown,
  type ApprovalStatus,
  type KnownMessage,
  type Message,
  type ToolResultData,
} from '../message-kinds.js';

type Request = Extract<KnownMessage, { kind: 'tool_request' | 'mcp_tool_request' }>;
type Result = Extract<KnownMessage, { kind: 'tool_result' | 'mcp_tool_result' }>;

/** One message of a prompt, with the message of the pool that it comes from. */
export interface Sent {
  /** Null for what is no message of the pool: the system prompt. */
  readonly id: MessageId | null;
  readonly message: PromptMessage;
}

/** Which result answers which call. */
export interface CalledTools {
  /** Every request with the results of its calls. */
  readonly exchanges: readonly (readonly Message[])[];
  /** One tool message for each call of the request, in the order of the calls. */
  resultsOf(request: Request): Sent[];
  /** True for a result that answers a call; it is sent with that call, not in its own place. */
  isPaired(result: Result): boolean;
}

/** Finds the result of every call. Some models use the same ids again, so a result answers the latest such call. */
export function pairCalls(messages: readonly Message[]): CalledTools {
  const latest = new Map<string, Request>();
  const results = new Map<Request, Map<string, Result>>();
  const paired = new Set<Result>();
  for (const message of messages) {
    if (!isKnown(message)) continue;
    if (isRequest(message)) {
      results.set(message, new Map());
      for (const { id } of callsOf(message)) latest.set(id, message);
    } else if (isResult(message)) {
      const request = latest.get(message.data.request_id);
      const answered = request && results.get(request);
      if (!answered || answered.has(message.data.request_id)) continue;
      answered.set(message.data.request_id, message);
      paired.add(message);
    }
  }
  return {
    exchanges: [...results].map(([request, answered]) => [request, ...answered.values()]),
    isPaired: (result) => paired.has(result),
    resultsOf: (request) =>
      callsOf(request).map((call) => {
        const result = results.get(request)?.get(call.id);
        return { id: (result ?? request).id, message: toolMessage(request, call, result) };
      }),
  };
}

/** The calls of a request under the names that the model knows: a server's tool is `server__tool`. */
export const callsOf = ({ kind, data }: Request): readonly PromptToolCall[] =>
  kind === 'tool_request'
    ? data.calls
    : [{ id: data.request_id, name: `${data.server_name}__${data.tool_name}`, arguments: data.arguments }];

/** What a model reads of a result: the text as it is, other JSON written out; for a failure, why. */
export function resultText({ result, execution_status, error }: ToolResultData): string {
  const text = typeof result === 'string' ? result : JSON.stringify(result ?? null);
  if (execution_status === 'success') return text;
  const reason = error?.message ?? `The call did not succeed: ${execution_status}.`;
  return text === 'null' || text === '' ? reason : `${reason}\n${text}`;
}

function toolMessage(request: Request, call: PromptToolCall, result: Result | undefined): PromptMessage {
  return {
    role: 'tool',
    tool_call_id: call.id,
    tool_name: call.name,
    content: result ? resultText(result.data) : unanswered[request.data.approval_status],
    is_error: result?.data.execution_status !== 'success',
  };
}

/** Sent for a call without a result: a provider refuses a prompt in which a call is left open. */
const unanswered: { readonly [Status in ApprovalStatus]: string } = {
  pending: 'The call was not made: it waits for an approval.',
  denied: 'The call was not made: it was denied.',
  approved: 'The call has no result: it was interrupted.',
  auto_approved: 'The call has no result: it was interrupted.',
};

const isRequest = (message: KnownMessage): message is Request =>
  message.kind === 'tool_request' || message.kind === 'mcp_tool_request';

const isResult = (message: KnownMessage): message is Result =>
  message.kind === 'tool_result' || message.kind === 'mcp_tool_result';
