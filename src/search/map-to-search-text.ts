import { isKnown, type KnownPayload, type MessagePayload, type TreeNode } from '../messages/message-kinds.js';

/** What of a message can be searched for, as one text. What a model thought before its answer is not. Pure. */
export const mapToSearchText = (payload: MessagePayload): string =>
  (isKnown(payload) ? textsOf(payload) : textsIn(payload.data)).filter((text) => text !== '').join('\n');

/** The model that wrote it, where a model did. */
export const modelOf = (payload: MessagePayload): string | null =>
  isKnown(payload) && payload.kind === 'streaming_response' ? payload.data.model : null;

function textsOf({ kind, data }: KnownPayload): string[] {
  switch (kind) {
    case 'text':
      return data.display_text === undefined ? [data.content] : [data.display_text, data.content];
    case 'image':
      return [imageName(data.source), data.recognized_text ?? '', data.vision_analysis ?? ''];
    case 'file_reference':
      return [data.path, data.resolved_content ?? ''];
    case 'project_structure':
      return [data.root_path, ...structureNames(data)];
    case 'streaming_response':
    case 'summary':
      return [data.content];
    case 'tool_request':
      return data.calls.flatMap((call) => [call.name, ...textsIn(call.arguments)]);
    case 'mcp_tool_request':
      return [data.tool_name, ...textsIn(data.arguments)];
    case 'tool_result':
    case 'mcp_tool_result':
      return [data.tool_name, ...textsIn(data.result), data.error?.message ?? ''];
    case 'mcp_resource':
      return [data.resource_uri, data.content ?? ''];
    case 'workflow_execution':
      return [data.workflow_name, ...textsIn(data.result), data.error ?? ''];
    case 'system_control':
      return textsIn(data.parameters);
    case 'processing':
      return [data.stage, ...textsIn(data.metadata)];
    default:
      return kind satisfies never;
  }
}

function imageName(source: Extract<KnownPayload, { kind: 'image' }>['data']['source']): string {
  if ('file_path' in source) return source.file_path;
  return 'url' in source && !source.url.startsWith('data:') ? source.url : '';
}

function structureNames(data: Extract<KnownPayload, { kind: 'project_structure' }>['data']): string[] {
  switch (data.structure_type) {
    case 'tree':
      return namesIn(data.content);
    case 'file_list':
      return data.content.map(({ path }) => path);
    case 'dependencies':
      return data.content.map(({ name }) => name);
  }
}

/** In the order of the tree, however deep it is. */
function namesIn(root: TreeNode): string[] {
  const found: string[] = [];
  const waiting = [root];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    found.push(node.name);
    for (const child of (node.children ?? []).toReversed()) waiting.push(child);
  }
  return found;
}

/** The texts in a JSON value, in their order, without what is only bytes written as letters. However deep it is. */
function textsIn(value: unknown): string[] {
  const found: string[] = [];
  const waiting = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next === 'string') found.push(isEncoded(next) ? '' : next);
    else if (typeof next === 'number') found.push(String(next));
    else if (typeof next === 'object' && next !== null)
      for (const inner of (Object.values(next) as unknown[]).toReversed()) waiting.push(inner);
  }
  return found;
}

/** Longer than any word, and of the letters of base64 alone. */
const isEncoded = (text: string): boolean => text.length > 256 && /^[\w+/-]+=*$/.test(text);
