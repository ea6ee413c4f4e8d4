import { isKnown, type KnownMessage, type KnownPayload, type Message } from '../../messages/message-kinds.js';
import { code, folded, plain, quoted } from './safe-format.js';
import type { Word } from './words-format.js';

type Say = (word: Word) => string;

/** A message for a person: who speaks, when, and what, each kind in its own way. Pure. */
export function mapMessage(message: Message, say: Say): string {
  const at = `${message.created_at.slice(0, 16).replace('T', ' ')} UTC`;
  const status = message.status === 'complete' ? '' : ` · ${say('status')}: ${message.status}`;
  return `### ${speaker(message, say)} · ${at}${status}\n\n${body(message, say)}\n`;
}

const speaker = (message: Message, say: Say): string =>
  message.kind === 'streaming_response' && isKnown(message) && 'model' in message.data
    ? `${say('assistant')} (${plain(String(message.data.model))})`
    : say(message.role);

const body = (message: Message, say: Say): string =>
  isKnown(message)
    ? known(message, say)
    : folded(message.kind, code(JSON.stringify(message.data, null, 2), 'json'));

function known({ kind, data }: KnownMessage, say: Say): string {
  switch (kind) {
    case 'text':
      return data.formatting?.code_block
        ? code(data.content, data.formatting.code_block.language)
        : quoted(data.content);
    case 'streaming_response':
      return [data.reasoning && folded(say('reasoning'), quoted(data.reasoning)), quoted(data.content)]
        .filter(Boolean)
        .join('\n\n');
    case 'image':
      return imageText(data, say);
    case 'file_reference':
      return named(say('file'), data.path, data.resolved_content, languageOf(data.path));
    case 'mcp_resource':
      return named(say('resource'), `${data.server_name} ${data.resource_uri}`, data.content);
    case 'project_structure':
      return folded(
        `${say('structure')}: ${data.root_path}`,
        code(JSON.stringify(data.content, null, 2), 'json'),
      );
    case 'tool_request':
      return data.calls.map((call) => callText(call.name, call.arguments, say)).join('\n\n');
    case 'mcp_tool_request':
      return callText(`${data.server_name} ${data.tool_name}`, data.arguments, say);
    case 'tool_result':
    case 'mcp_tool_result':
      return folded(
        `${say('result')}: ${data.tool_name} (${data.execution_status})`,
        valueText(data.error?.message ?? data.result),
      );
    case 'workflow_execution':
      return folded(
        `${say('workflow')}: ${data.workflow_name} (${data.workflow_status}, ${data.completed_steps}/${data.total_steps})`,
        valueText(data.error ?? data.result ?? ''),
      );
    case 'system_control':
    case 'processing':
      return folded(kind.replace('_', ' '), code(JSON.stringify(data, null, 2), 'json'));
    case 'summary':
      return folded(`${say('summary')} (${data.covers.length})`, quoted(data.content));
    default:
      return kind satisfies never;
  }
}

function imageText(
  { source, vision_analysis, recognized_text }: Extract<KnownPayload, { kind: 'image' }>['data'],
  say: Say,
): string {
  const from =
    'url' in source && !source.url.startsWith('data:')
      ? source.url
      : 'file_path' in source
        ? source.file_path
        : '';
  const said = vision_analysis ?? recognized_text;
  return [`*${say('image')}* ${plain(from)}`.trim(), said && quoted(said)].filter(Boolean).join('\n\n');
}

const named = (what: string, name: string, content: string | undefined, language?: string): string =>
  content === undefined ? `*${what}* ${plain(name)}` : folded(`${what}: ${name}`, code(content, language));

const callText = (name: string, args: unknown, say: Say): string =>
  folded(`${say('call')}: ${name}`, valueText(args));

const valueText = (value: unknown): string =>
  typeof value === 'string' ? code(value) : code(JSON.stringify(value, null, 2), 'json');

const languageOf = (path: string): string => /\.(\w{1,10})$/.exec(path)?.[1] ?? '';
