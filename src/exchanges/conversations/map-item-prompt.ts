import { mapToPrompt } from '../../messages/map-to-prompt.js';
import { isKnown, type Message } from '../../messages/message-kinds.js';
import { callsOf, resultText } from '../../messages/prompt/map-tool-calls.js';
import type { PromptMessage } from '../../providers/language-model.js';

/** A message of the pool as an item by itself; undefined for one of which a model is sent nothing. Pure. */
export function mapItemPrompt(message: Message): PromptMessage | undefined {
  if (!isKnown(message)) return mapToPrompt([message])[0];
  switch (message.kind) {
    case 'tool_request':
    case 'mcp_tool_request':
      return { role: 'assistant', content: '', tool_calls: callsOf(message) };
    case 'tool_result':
    case 'mcp_tool_result': {
      const { request_id, tool_name, execution_status } = message.data;
      const is_error = execution_status !== 'success';
      return {
        role: 'tool',
        tool_call_id: request_id,
        tool_name,
        content: resultText(message.data),
        is_error,
      };
    }
    default:
      return mapToPrompt([message])[0];
  }
}
