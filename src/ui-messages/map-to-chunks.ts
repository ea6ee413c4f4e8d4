import { isKnown, type ImageSource, type KnownMessage, type Message } from '../messages/message-kinds.js';
import { callsOf } from '../messages/prompt/map-tool-calls.js';
import type { UiChunk } from './ui-kinds.js';

type KnownOf<Kind extends KnownMessage['kind']> = Extract<KnownMessage, { kind: Kind }>;
type Result = KnownOf<'tool_result' | 'mcp_tool_result'>;
type Request = KnownOf<'tool_request' | 'mcp_tool_request'>;

/** Of every tool: it runs at the server, and no page can know its types. */
export const serversTool = { providerExecuted: true, dynamic: true } as const;

/** Whether a user said it: what the server put beside their words is none of their words. Pure. */
export const isSpoken = ({ role, metadata }: Pick<Message, 'role' | 'metadata'>): boolean =>
  role === 'user' && metadata.companion_of === undefined;

/** What a message of an answer that does not stream says to a page. Its text comes by the writer. Pure. */
export function mapToChunks(message: Message): readonly UiChunk[] {
  if (!isKnown(message)) return [dataChunk(message)];
  switch (message.kind) {
    case 'tool_request':
    case 'mcp_tool_request':
      return inputsOf(message);
    case 'tool_result':
    case 'mcp_tool_result':
      return [outputOf(message)];
    case 'text':
      return textOf(message);
    case 'image':
      return [{ type: 'file', ...fileOf(message.data.source) }];
    default:
      return [dataChunk(message)];
  }
}

const inputsOf = (request: Request): UiChunk[] =>
  callsOf(request).map(({ id, name, arguments: input }) => ({
    type: 'tool-input-available',
    toolCallId: id,
    toolName: name,
    input,
    ...serversTool,
  }));

function outputOf({ data }: Result): UiChunk {
  const toolCallId = data.request_id;
  if (data.execution_status === 'success')
    return { type: 'tool-output-available', toolCallId, output: data.result, ...serversTool };
  if (data.error?.code === 'denied') return { type: 'tool-output-denied', toolCallId };
  const errorText = data.error?.message ?? `The call did not succeed: ${data.execution_status}.`;
  return { type: 'tool-output-error', toolCallId, errorText, ...serversTool };
}

/** Words that somebody put into the mouth of the assistant, or of the system. */
function textOf({ id, data }: KnownOf<'text'>): UiChunk[] {
  const part = `${id}:text`;
  return [
    { type: 'text-start', id: part },
    { type: 'text-delta', id: part, delta: data.content },
    { type: 'text-end', id: part },
  ];
}

/** A kind that the SDK has no part for: as it is, under its name. */
const dataChunk = ({ id, kind, data }: Message): UiChunk => ({ type: `data-${kind}`, id, data });

/** Where a page finds an image, and of what type it is as far as that is known. Pure. */
export function fileOf(source: ImageSource): { readonly mediaType: string; readonly url: string } {
  if ('base64' in source)
    return { mediaType: source.mime_type, url: `data:${source.mime_type};base64,${source.base64}` };
  if ('attachment_id' in source) return { mediaType: 'image/*', url: contentPath(source.attachment_id) };
  if ('file_path' in source) return { mediaType: 'image/*', url: source.file_path };
  const [, type] = /^data:([^;,]+)[;,]/.exec(source.url) ?? [];
  return { mediaType: type ?? 'image/*', url: source.url };
}

/** The bytes of an attachment; below the server's own address. Pure. */
export const contentPath = (attachmentId: string): string => `/attachments/${attachmentId}/content`;
