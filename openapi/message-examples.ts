import { mapToHint } from '../src/messages/map-to-hint.js';
import { kindRule, type MessagePayload, type MessageRole } from '../src/messages/message-kinds.js';
import { samples } from '../src/http/fields.js';
import type { JsonObject } from './json.js';

/** Who speaks in messages of the kinds that are no user's. */
const speakers: Readonly<Record<string, MessageRole>> = {
  streaming_response: 'assistant',
  tool_request: 'assistant',
  mcp_tool_request: 'assistant',
  tool_result: 'tool',
  mcp_tool_result: 'tool',
  workflow_execution: 'system',
  system_control: 'system',
  processing: 'system',
  summary: 'system',
};

/** The fields beside `kind` and `data` as a message of that kind really has them. Leaves other components as they are. */
export function refineMessage(component: string, example: JsonObject): JsonObject {
  if (!component.endsWith('Message') || !('depth' in example)) return example;
  const payload = { kind: example.kind, data: example.data } as MessagePayload;
  const role = speakers[payload.kind] ?? 'user';
  return {
    ...example,
    role,
    metadata: {
      source: kindRule(payload.kind).source,
      display_hint: { ...mapToHint(payload) },
      ...(role === 'assistant' && { run_id: samples.run }),
    },
  };
}
