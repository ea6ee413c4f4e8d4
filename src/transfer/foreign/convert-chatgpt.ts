import type { MessagePayload, MessageRole } from '../../messages/message-kinds.js';
import type { Answer, Conversation, Spoken } from './conversation-kinds.js';
import { lineOf, listOf, objectOf, textOf, timeOf, type JsonObject } from './json-format.js';

/**
 * A conversation of ChatGPT's export: a `mapping` of nodes, each with its parent, and the `current_node` that it was left
 * at. Nodes that show nothing (roots, hidden ones, what the model thought) give way to their parents. Pure.
 */
export function convertChatgpt(value: JsonObject): Conversation {
  const nodes = new Map(
    Object.entries(objectOf(value['mapping'])).map(([key, node]) => [key, objectOf(node)]),
  );
  const parents = new Map<string, string | undefined>();
  const messages = new Map<string, Spoken>();
  for (const key of parentsFirst(nodes)) {
    const parent = parents.get(textOf(nodes.get(key)?.['parent']) ?? '');
    const spoken = speak(key, objectOf(nodes.get(key)?.['message']), messages, parent);
    parents.set(key, spoken ? key : parent);
    if (spoken) messages.set(key, spoken);
  }
  const current = parents.get(textOf(value['current_node']) ?? '');
  return {
    id: textOf(value['conversation_id']) ?? textOf(value['id']),
    title: lineOf(value['title'], 300),
    created_at: timeOf(value['create_time']),
    updated_at: timeOf(value['update_time']),
    ...(current !== undefined && { current }),
    messages: [...messages.values()],
  };
}

/** Every node once, behind the one that it names as its parent; what goes in a circle is left out. */
function parentsFirst(nodes: ReadonlyMap<string, JsonObject>): readonly string[] {
  const children = new Map<string, string[]>();
  const order: string[] = [];
  for (const [key, node] of nodes) {
    const parent = textOf(node['parent']);
    if (parent === undefined || !nodes.has(parent)) order.push(key);
    else if (children.get(parent)?.push(key) === undefined) children.set(parent, [key]);
  }
  for (let at = 0; at < order.length; at++)
    for (const child of children.get(order[at] ?? '') ?? []) order.push(child);
  return order;
}

function speak(
  key: string,
  message: JsonObject,
  before: ReadonlyMap<string, Spoken>,
  parent: string | undefined,
): Spoken | undefined {
  if (objectOf(message['metadata'])['is_visually_hidden_from_conversation'] === true) return undefined;
  const content = objectOf(message['content']);
  const text = textIn(content);
  const role = textOf(objectOf(message['author'])['role']);
  if (text.trim() === '' || !isRole(role)) return undefined;
  const created_at = timeOf(message['create_time']);
  const at = {
    key,
    role,
    ...(parent !== undefined && { parent }),
    ...(created_at !== undefined && { created_at }),
  };
  if (role === 'tool') return { ...at, payload: toolResult(message, text, toolCall(before, parent) ?? key) };
  if (role !== 'assistant') return { ...at, payload: { kind: 'text', data: { content: text } } };
  const recipient = textOf(message['recipient']) ?? 'all';
  if (recipient !== 'all') return { ...at, payload: toolRequest(key, recipient, text) };
  const model = textOf(objectOf(message['metadata'])['model_slug']) ?? 'unknown';
  const answer: Answer = { content: text, model: model.slice(0, 256) };
  return { ...at, payload: { kind: 'streaming_response', data: {} }, answer };
}

const isRole = (role: string | undefined): role is MessageRole =>
  role === 'user' || role === 'assistant' || role === 'system' || role === 'tool';

/** What a message shows; empty for what is none of it, such as thoughts. */
function textIn(content: JsonObject): string {
  switch (content['content_type']) {
    case 'text':
    case 'multimodal_text':
      return listOf(content['parts']).map(partText).filter(Boolean).join('\n');
    case 'code':
    case 'execution_output':
    case 'tether_quote':
    case 'system_error':
      return textOf(content['text']) ?? '';
    case 'tether_browsing_display':
      return textOf(content['result']) ?? '';
    default:
      return '';
  }
}

/** The files themselves are not in `conversations.json`; that there was one is kept. */
function partText(part: unknown): string {
  if (typeof part === 'string') return part;
  const { content_type, asset_pointer, text } = objectOf(part);
  if (typeof text === 'string') return text;
  return typeof content_type === 'string'
    ? `[${content_type}: ${textOf(asset_pointer) ?? 'not in the export'}]`
    : '';
}

const toolRequest = (key: string, name: string, text: string): MessagePayload => ({
  kind: 'tool_request',
  data: {
    calls: [{ id: key.slice(0, 256), name: name.slice(0, 256), arguments: parsed(text) }],
    approval_status: 'approved',
  } as never,
});

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : text;
  } catch {
    return text;
  }
}

const toolResult = (message: JsonObject, text: string, request: string): MessagePayload => ({
  kind: 'tool_result',
  data: {
    tool_name: lineOf(objectOf(message['author'])['name'], 256) ?? 'tool',
    request_id: request.slice(0, 256),
    result: text,
    execution_status: 'success',
    duration_ms: 0,
  } as never,
});

/** The call right before a result is the one that it answers. */
function toolCall(before: ReadonlyMap<string, Spoken>, parent: string | undefined): string | undefined {
  const asked = parent === undefined ? undefined : before.get(parent);
  return asked?.payload.kind === 'tool_request' ? asked.key : undefined;
}
