import type { Item } from '../../exchanges/exchange-kinds.js';
import type { PromptMessage, PromptPart, ReasoningBlock } from '../../providers/language-model.js';
import type { Json } from '../dialects/codec.js';
import { toWireId } from '../dialects/responses/item-ids-format.js';
import { readSeal, writeSeal } from '../dialects/seal-format.js';

/** What ids of items begin with, by their types. */
const prefixes: Readonly<Record<string, string>> = {
  message: 'msg',
  reasoning: 'rs',
  function_call: 'fc',
  function_call_output: 'fco',
  custom_tool_call: 'ctc',
  custom_tool_call_output: 'ctco',
};

/**
 * The items that a message of a conversation is for those who speak Responses: as they sent it, or what they would have
 * sent. Pure. Each has an id of its own, which is the same whenever it is asked for.
 */
export function mapToInputItems({ id, prompt, raw }: Pick<Item, 'id' | 'prompt' | 'raw'>): Json[] {
  const kept = raw?.['items'];
  const items = Array.isArray(kept) ? (kept as readonly Json[]) : mapPrompt(prompt);
  return items.map((item, at) => {
    const type = String(item['type'] ?? 'message');
    const own = `${toWireId(prefixes[type] ?? 'item', id)}i${at}`;
    const message = type === 'message' ? { content: contentOf(item) } : {};
    return { status: 'completed', ...item, ...message, ...sealOf(item), type, id: own };
  });
}

/** Under an id of this server, with the one that it was given: without that, its provider would not believe it. */
function sealOf({ id, encrypted_content: sealed }: Json): Json {
  if (typeof sealed !== 'string' || typeof id !== 'string') return {};
  return { encrypted_content: writeSeal(readSeal(sealed, { dialect: 'responses', kind: 'encrypted', id })) };
}

/** The message behind an id of `mapToInputItems`; undefined for another id. */
export const messageHexOf = (itemId: string): string | undefined => /_([\da-f]{32})i\d+$/.exec(itemId)?.[1];

/** Texts are shown in parts, whichever way they were sent. */
function contentOf({ content, role }: Json): unknown {
  if (typeof content !== 'string') return content;
  if (role === 'assistant') return [{ type: 'output_text', text: content, annotations: [] }];
  return [{ type: 'input_text', text: content }];
}

function mapPrompt(prompt: PromptMessage): Json[] {
  switch (prompt.role) {
    case 'system':
      return [{ type: 'message', role: 'system', content: prompt.content }];
    case 'user':
      return [{ type: 'message', role: 'user', content: prompt.parts.map(mapPart) }];
    case 'tool': {
      const output = prompt.parts ? prompt.parts.map(mapPart) : prompt.content;
      return [{ type: 'function_call_output', call_id: prompt.tool_call_id, output }];
    }
    case 'assistant':
      return mapAssistant(prompt);
  }
}

function mapAssistant({
  content,
  reasoning = [],
  tool_calls = [],
}: Extract<PromptMessage, { role: 'assistant' }>): Json[] {
  return [
    ...reasoning.map(mapReasoning),
    ...(content === '' && tool_calls.length > 0 ? [] : [{ type: 'message', role: 'assistant', content }]),
    ...tool_calls.map((call) => ({
      type: 'function_call',
      call_id: call.id,
      name: call.name,
      arguments: typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments),
    })),
  ];
}

const mapReasoning = ({ text, seal }: ReasoningBlock): Json => ({
  type: 'reasoning',
  summary: text === '' ? [] : [{ type: 'summary_text', text }],
  ...(seal && { encrypted_content: writeSeal(seal) }),
});

function mapPart(part: PromptPart): Json {
  switch (part.type) {
    case 'text':
      return { type: 'input_text', text: part.text };
    case 'image':
      return {
        type: 'input_image',
        detail: part.detail ?? 'auto',
        image_url: 'url' in part ? part.url : dataUrl(part),
      };
    case 'file': {
      const named = part.name === undefined ? {} : { filename: part.name };
      const file = 'url' in part ? { file_url: part.url } : { file_data: dataUrl(part) };
      return { type: 'input_file', ...named, ...file };
    }
  }
}

const dataUrl = ({ base64, mime_type }: { readonly base64: string; readonly mime_type: string }): string =>
  `data:${mime_type};base64,${base64}`;
