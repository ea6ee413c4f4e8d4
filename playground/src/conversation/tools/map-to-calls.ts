import type { MessageView } from '@pullcord/client';

/** One call of a tool, whichever kind of message asked for it. */
export interface CallView {
  readonly id: string;
  readonly name: string;
  /** The MCP server that has the tool. */
  readonly server?: string;
  readonly arguments: unknown;
  readonly status: 'pending' | 'running' | 'success' | 'failed' | 'timeout' | 'cancelled' | 'denied';
  readonly durationMs?: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** The calls that a message asks for, with what came of them. Pure. */
export function mapToCalls({ message }: MessageView, results: readonly MessageView[]): readonly CallView[] {
  if (message.kind === 'tool_request')
    return message.data.calls.map((call) => withResult({ ...call, ...asked(message) }, results));
  if (message.kind !== 'mcp_tool_request') return [];
  const { request_id, tool_name, server_name } = message.data;
  const call = { id: request_id, name: tool_name, server: server_name, arguments: message.data.arguments };
  return [withResult({ ...call, ...asked(message) }, results)];
}

type Request = Extract<MessageView['message'], { readonly kind: 'tool_request' | 'mcp_tool_request' }>;

function asked({ data, status }: Request): Pick<CallView, 'status'> {
  if (data.approval_status === 'pending') return { status: 'pending' };
  if (data.approval_status === 'denied') return { status: 'denied' };
  return { status: status === 'cancelled' ? 'cancelled' : 'running' };
}

function withResult(call: CallView, results: readonly MessageView[]): CallView {
  for (const { message } of results) {
    if (message.kind !== 'tool_result' && message.kind !== 'mcp_tool_result') continue;
    if (message.data.request_id !== call.id) continue;
    // A result that is still streaming only says that the call has been told to stop.
    if (message.status === 'streaming') return call;
    const { execution_status, duration_ms, result, error } = message.data;
    const isDenied = error?.code === 'denied' || error?.code === 'not_approved';
    return {
      ...call,
      status: isDenied ? 'denied' : execution_status,
      durationMs: duration_ms,
      result: result ?? undefined,
      error: error?.message,
    };
  }
  return call;
}
