import type { PromptMessage, PromptPart, PromptToolCall } from '../../../providers/language-model.js';
import { readDataUrl, readDetail, readImageUrl } from '../convert-media.js';
import { readArguments, toolNameOf } from '../convert-tools.js';
import type { WireField } from '../wire-field.js';

const roles = ['system', 'developer', 'user', 'assistant', 'tool'] as const;

/** The messages of a chat completion. */
export function convertMessages(field: WireField): PromptMessage[] {
  const calls = new Map<string, string>();
  const messages = field.list((message) => convertMessage(message, calls));
  if (messages.length === 0) throw field.wrong('must have at least one message');
  return messages;
}

/** `calls` are those of the messages before it, which its own are added to. */
function convertMessage(message: WireField, calls: Map<string, string>): PromptMessage {
  const content = message.at('content');
  switch (message.at('role').oneOf(roles)) {
    case 'system':
    case 'developer':
      return { role: 'system', content: readText(content) };
    case 'user':
      return { role: 'user', parts: readParts(content) };
    case 'assistant':
      return convertAssistant(message, calls);
    case 'tool': {
      const id = message.at('tool_call_id');
      return {
        role: 'tool',
        tool_call_id: id.name(),
        tool_name: toolNameOf(calls, id),
        content: readText(content),
        is_error: false,
      };
    }
  }
}

function convertAssistant(message: WireField, calls: Map<string, string>): PromptMessage {
  const made = message.at('tool_calls').maybe((list) => list.list(readCall)) ?? [];
  for (const { id, name } of made) calls.set(id, name);
  const reasoning = readReasoning(message);
  const refusal = message.at('refusal').maybe((text) => text.text()) ?? '';
  return {
    role: 'assistant',
    content: (message.at('content').maybe(readText) ?? '') || refusal,
    ...(reasoning !== '' && { reasoning: [{ text: reasoning }] }),
    ...(made.length > 0 && { tool_calls: made }),
  };
}

/** No part of OpenAI's dialect: most servers of models that show what they think name it so, and take it back. */
const readReasoning = (message: WireField): string =>
  message.at('reasoning_content').maybe((text) => text.text()) ??
  message.at('reasoning').maybe((text) => text.text()) ??
  '';

function readCall(call: WireField): PromptToolCall {
  call.at('type').maybe((type) => type.oneOf(['function']));
  const made = call.at('function');
  return {
    id: call.at('id').name(),
    name: made.at('name').name(),
    arguments: readArguments(made.at('arguments')),
  };
}

/** Text as a string or in parts. */
function readText(content: WireField): string {
  if (!content.isGiven) return '';
  if (typeof content.value === 'string') return content.value;
  return content
    .list((part) =>
      part.kind(['text', 'refusal']) === 'text' ? part.at('text').text() : part.at('refusal').text(),
    )
    .join('');
}

function readParts(content: WireField): PromptPart[] {
  if (typeof content.value === 'string') return [{ type: 'text', text: content.value }];
  return content.list(readPart);
}

function readPart(part: WireField): PromptPart {
  switch (part.kind(['text', 'image_url', 'file'])) {
    case 'text':
      return { type: 'text', text: part.at('text').text() };
    case 'image_url': {
      const image = part.at('image_url');
      return { ...readImageUrl(image.at('url')), ...readDetail(image.at('detail')) };
    }
    case 'file':
      return readFile(part.at('file'));
  }
}

function readFile(file: WireField): PromptPart {
  const bytes = file.at('file_data');
  if (!bytes.isGiven)
    throw file.at('file_id').wrong('names a file that this model cannot see: send file_data');
  const filename = file.at('filename').maybe((name) => name.text());
  const data = readDataUrl(bytes);
  if (!data) throw bytes.wrong('must be a data: URL such as data:application/pdf;base64,…');
  return { type: 'file', ...data, ...(filename !== undefined && { name: filename }) };
}
