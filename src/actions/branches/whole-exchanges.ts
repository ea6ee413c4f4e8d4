import { DomainError } from '../../kernel/domain-error.js';
import { isKnown, type KnownMessage, type Message } from '../../messages/message-kinds.js';
import { callsOf } from '../../messages/prompt/map-tool-calls.js';

type Request = Extract<KnownMessage, { kind: 'tool_request' | 'mcp_tool_request' }>;
type Result = Extract<KnownMessage, { kind: 'tool_result' | 'mcp_tool_result' }>;

/**
 * `unprocessable` when one of these messages, oldest first, calls a tool whose result is not among them, or is the result
 * of a call that is not: models are confused, and providers refuse. Pure.
 */
export function requireWholeExchanges(messages: readonly Message[]): void {
  const open = new Map<string, string>();
  for (const message of messages) {
    if (!isKnown(message)) continue;
    if (isRequest(message)) for (const { id } of callsOf(message)) open.set(id, message.id);
    else if (isResult(message) && !open.delete(message.data.request_id))
      throw apart(`Message ${message.id} is the result of a call that is not chosen.`);
  }
  const [id] = open.values();
  if (id !== undefined) throw apart(`Message ${id} calls a tool whose result is not chosen.`);
}

const apart = (what: string): DomainError =>
  new DomainError('unprocessable', `${what} A tool call and its result go together.`);

const isRequest = (message: KnownMessage): message is Request =>
  message.kind === 'tool_request' || message.kind === 'mcp_tool_request';

const isResult = (message: KnownMessage): message is Result =>
  message.kind === 'tool_result' || message.kind === 'mcp_tool_result';
