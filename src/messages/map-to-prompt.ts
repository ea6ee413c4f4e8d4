import type { PromptMessage, PromptPart } from '../providers/language-model.js';
import { attachmentUrl } from './prompt/attachment-url.js';
import { mapToBlock, oneLine } from './prompt/map-to-block.js';
import { callsOf, pairCalls, resultText, type CalledTools } from './prompt/map-tool-calls.js';
import {
  isKnown,
  type KnownMessage,
  type Message,
  type MessagePayload,
  type MessageRole,
} from './message-kinds.js';

export interface PromptFacts {
  readonly systemPrompt?: string;
}

/**
 * What a model is sent of a branch's messages, oldest first. Pure. Every tool call in it is followed by its result
 * or by an error that stands for it, as providers demand; messages that a summary covers give way to the summary.
 */
export function mapToPrompt(
  messages: readonly Message[],
  { systemPrompt = '' }: PromptFacts = {},
): PromptMessage[] {
  const sent = withSummaries(messages);
  const tools = pairCalls(sent);
  const prompt = speak('system', systemPrompt);
  const referring = new Set(sent.map(({ metadata }) => metadata.companion_of));
  for (const message of sent) {
    // What it refers to stands behind it in a companion.
    if (referring.has(message.id) && isUnread(message)) continue;
    const isCompanion = message.metadata.companion_of !== undefined;
    for (const next of isKnown(message) ? mapKnown(message, tools) : mapUnknown(message))
      append(prompt, isCompanion && next.role === 'user' ? { ...next, is_companion: true } : next);
  }
  return prompt;
}

/** A reference that was sent without what it refers to. */
export const isUnread = (message: MessagePayload): boolean =>
  isKnown(message) &&
  ((message.kind === 'file_reference' && message.data.resolved_content === undefined) ||
    (message.kind === 'mcp_resource' && message.data.content === undefined));

function mapKnown(message: KnownMessage, tools: CalledTools): PromptMessage[] {
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

/** The messages with each summary in the place of the first one that it covers, and without those covered. */
function withSummaries(messages: readonly Message[]): readonly Message[] {
  const standsFor = new Map<string, Message>();
  for (const message of messages)
    if (isKnown(message) && message.kind === 'summary')
      for (const id of message.data.covers) if (id !== message.id) standsFor.set(id, message);
  const sent = new Set<Message>();
  for (const message of messages) {
    const summary = standsFor.get(message.id);
    // A summary that is covered itself leaves its place to the one that covers it.
    if (!summary) sent.add(message);
    else if (!standsFor.has(summary.id)) sent.add(summary);
  }
  return [...sent];
}
