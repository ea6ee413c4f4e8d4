import type { MessageId } from '../kernel/ids.js';
import type { PromptMessage, PromptPart } from '../providers/language-model.js';
import { attachmentUrl } from './prompt/attachment-url.js';
import { mapToBlock, oneLine } from './prompt/map-to-block.js';
import { callsOf, pairCalls, resultText, type CalledTools, type Sent } from './prompt/map-tool-calls.js';
import { withPinned, withSummaries } from './prompt/map-summaries.js';
import {
  isKnown,
  type KnownMessage,
  type Message,
  type MessagePayload,
  type MessageRole,
} from './message-kinds.js';

export type { Sent } from './prompt/map-tool-calls.js';

export interface PromptFacts {
  readonly systemPrompt?: string;
  /** Messages that are sent themselves even where a summary covers them; a call with its results, whichever is named. */
  readonly pinned?: ReadonlySet<MessageId>;
}

/**
 * What a model is sent of a branch's messages, oldest first. Pure. Every tool call in it is followed by its result
 * or by an error that stands for it, as providers demand; messages that a summary covers give way to the summary.
 */
export const mapToPrompt = (messages: readonly Message[], facts?: PromptFacts): PromptMessage[] =>
  joinSent(mapToSent(messages, facts));

/** The same, each with the message of the pool that it comes from. Pure. */
export function mapToSent(
  messages: readonly Message[],
  { systemPrompt = '', pinned = new Set() }: PromptFacts = {},
): Sent[] {
  const shown = withSummaries(messages, withPinned(messages, pinned));
  const tools = pairCalls(shown);
  const sent = speak('system', systemPrompt).map((message): Sent => ({ id: null, message }));
  const referring = new Set(shown.map(({ metadata }) => metadata.companion_of));
  for (const message of shown) {
    // What it refers to stands behind it in a companion.
    if (referring.has(message.id) && isUnread(message)) continue;
    const isCompanion = message.metadata.companion_of !== undefined;
    for (const next of isKnown(message) ? mapKnown(message, tools) : mapUnknown(message))
      sent.push({
        id: 'id' in next ? next.id : message.id,
        message: isCompanion ? asCompanion(messageOf(next)) : messageOf(next),
      });
  }
  return sent;
}

/** What is sent, in the form in which providers are asked. Pure. */
export function joinSent(sent: readonly Sent[]): PromptMessage[] {
  const prompt: PromptMessage[] = [];
  for (const { message } of sent) append(prompt, message);
  return prompt;
}

const messageOf = (next: PromptMessage | Sent): PromptMessage => ('message' in next ? next.message : next);

const asCompanion = (message: PromptMessage): PromptMessage =>
  message.role === 'user' ? { ...message, is_companion: true } : message;

/** A reference that was sent without what it refers to. */
export const isUnread = (message: MessagePayload): boolean =>
  isKnown(message) &&
  ((message.kind === 'file_reference' && message.data.resolved_content === undefined) ||
    (message.kind === 'mcp_resource' && message.data.content === undefined));

function mapKnown(message: KnownMessage, tools: CalledTools): (PromptMessage | Sent)[] {
  const { kind, data, role } = message;
  switch (kind) {
    case 'text':
      return speak(role, data.content);
    case 'image':
      return mapImage(role, data);
    case 'file_reference':
    case 'project_structure':
    case 'mcp_resource':
    case 'workflow_execution':
      return speak(role, mapToBlock(message));
    case 'streaming_response':
      return speak('assistant', data.content);
    case 'tool_request':
    case 'mcp_tool_request':
      return [{ role: 'assistant', content: '', tool_calls: callsOf(message) }, ...tools.resultsOf(message)];
    case 'tool_result':
    case 'mcp_tool_result':
      if (tools.isPaired(message)) return [];
      return speak('user', `Result of the tool ${oneLine(data.tool_name)}:\n${resultText(data)}`);
    case 'summary':
      return speak(
        role === 'system' ? 'system' : 'user',
        `Summary of the conversation before:\n${data.content}`,
      );
    case 'system_control':
    case 'processing':
      return [];
    default:
      return kind satisfies never;
  }
}

/** A kind that we do not know is sent as its one line, if it has one. */
const mapUnknown = ({ role, metadata }: Message): PromptMessage[] =>
  speak(role, metadata.display_hint.summary ?? '');

type Image = Extract<KnownMessage, { kind: 'image' }>['data'];

/** Only a user can show a model an image; text that was read from it goes along, or instead of it for `ocr`. */
function mapImage(role: MessageRole, { source, recognition_mode, recognized_text }: Image): PromptMessage[] {
  const words = recognized_text ? `Text read from the image:\n${recognized_text}` : '';
  if (role !== 'user') return speak(role, words);
  const image = recognition_mode === 'ocr' && words ? [] : [imagePart(source)];
  return [{ role, parts: [...image, ...(words ? [textPart(words)] : [])] }];
}

function imagePart(source: Image['source']): PromptPart {
  if ('url' in source) return { type: 'image', url: source.url };
  if ('attachment_id' in source) return { type: 'image', url: attachmentUrl(source.attachment_id) };
  if ('base64' in source) return { type: 'image', base64: source.base64, mime_type: source.mime_type };
  return textPart(`Image file: ${oneLine(source.file_path)}`);
}

const textPart = (text: string): PromptPart => ({ type: 'text', text });

/** One message in somebody's role; none for a blank text, which providers refuse. */
function speak(role: MessageRole, text: string): PromptMessage[] {
  if (text.trim() === '') return [];
  if (role === 'system' || role === 'assistant') return [{ role, content: text }];
  return [{ role: 'user', parts: [textPart(text)] }];
}

/** Adds a message; calls join the text that the model wrote just before them, as it wrote both in one answer. */
function append(prompt: PromptMessage[], next: PromptMessage): void {
  const last = prompt.at(-1);
  const isOneAnswer = last?.role === 'assistant' && next.role === 'assistant' && next.tool_calls;
  if (isOneAnswer) prompt[prompt.length - 1] = { ...next, content: last.content };
  else prompt.push(next);
}
