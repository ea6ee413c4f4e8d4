import {
  isKnown,
  kindRule,
  type DisplayHint,
  type KnownPayload,
  type MessagePayload,
} from './message-kinds.js';

const maxSummary = 120;

/** How to show a message to somebody who does not know its kind. Pure. */
export function mapToHint(payload: MessagePayload): DisplayHint {
  const { icon, isCollapsed } = kindRule(payload.kind);
  const summary = oneLine(isKnown(payload) ? summarize(payload) : payload.kind.replaceAll('_', ' '));
  return { ...(summary && { summary }), collapsed: isCollapsed, icon };
}

function summarize({ kind, data }: KnownPayload): string {
  switch (kind) {
    case 'text':
      return data.display_text ?? data.content;
    case 'image':
      return data.vision_analysis ?? data.recognized_text ?? imageName(data.source);
    case 'file_reference':
      return data.line_range ? `${data.path}:${data.line_range[0]}-${data.line_range[1]}` : data.path;
    case 'project_structure':
      return `${structureNames[data.structure_type]} ${data.root_path}`;
    case 'streaming_response':
      return data.content;
    case 'tool_request':
      return `Calls ${data.calls.map(({ name }) => name).join(', ')}`;
    case 'mcp_tool_request':
      return `Calls ${data.tool_name} of ${data.server_name}`;
    case 'tool_result':
    case 'mcp_tool_result':
      return `${data.tool_name}: ${data.error?.message ?? data.execution_status}`;
    case 'mcp_resource':
      return `${data.resource_uri} from ${data.server_name}`;
    case 'workflow_execution':
      return `${data.workflow_name}: ${data.workflow_status}, ${data.completed_steps} of ${data.total_steps} steps`;
    case 'system_control':
      return data.control_type.replaceAll('_', ' ');
    case 'processing':
      return data.stage;
    case 'summary':
      return data.content;
    default:
      return kind satisfies never;
  }
}

const structureNames = { tree: 'Tree of', file_list: 'Files in', dependencies: 'Dependencies of' } as const;

function imageName(source: Extract<KnownPayload, { kind: 'image' }>['data']['source']): string {
  if ('file_path' in source) return source.file_path;
  if ('attachment_id' in source) return 'Image';
  if ('base64' in source) return `Image, ${source.mime_type}`;
  return source.url.startsWith('data:') ? 'Image' : source.url;
}

/** The beginning of a text in one line of at most 120 characters, never cut inside one. */
function oneLine(text: string): string {
  const trimmed = text.trim();
  if (plain.test(trimmed.slice(0, maxSummary + 1))) return cut(trimmed);
  const beginning = trimmed.slice(0, maxSummary * 4);
  const characters = [...beginning.replace(/[\s\p{Cc}\p{Cs}]+/gu, ' ').trim()];
  if (characters.length <= maxSummary && beginning === trimmed) return characters.join('');
  return `${characters
    .slice(0, maxSummary - 1)
    .join('')
    .trimEnd()}…`;
}

/** Most texts begin so: in one line already, and a character is a UTF-16 unit. */
const plain = /^[!-~]+(?: [!-~]+)* ?$/;

const cut = (line: string): string =>
  line.length <= maxSummary ? line : `${line.slice(0, maxSummary - 1).trimEnd()}…`;
