import type { PromptMessage, PromptPart } from '../../providers/language-model.js';
import type { ToolSchema } from '../../providers/language-model.js';

/** What an image stands for: about what vision models take for one of 1024 by 1024 pixels. */
export const imageTokens = 1100;
/** What frames a message: its role and its borders. */
export const messageTokens = 8;

/** A message, or a tool, as far as its tokens go. */
export interface Countable {
  readonly text: string;
  /** Tokens that are known without counting. */
  readonly more: number;
}

/** What of a message a model is sent as text. Pure. */
export function mapToText(message: PromptMessage): Countable {
  switch (message.role) {
    case 'system':
      return { text: message.content, more: messageTokens };
    case 'user':
      return {
        text: message.parts.map(partText).join('\n'),
        more: messageTokens + imageTokens * message.parts.filter(({ type }) => type === 'image').length,
      };
    case 'assistant':
      return {
        text: [
          ...(message.reasoning ?? []).map(({ text }) => text),
          message.content,
          ...(message.tool_calls ?? []).map(toJson),
        ].join('\n'),
        more: messageTokens,
      };
    case 'tool':
      return {
        text: `${message.tool_call_id} ${message.tool_name}\n${message.content}`,
        more: messageTokens,
      };
    default:
      return message satisfies never;
  }
}

export const mapToolToText = (tool: ToolSchema): Countable => ({ text: toJson(tool), more: messageTokens });

/** No text has more tokens than UTF-8 bytes. */
export const atMost = ({ text, more }: Countable): number => Buffer.byteLength(text) + more;

const partText = (part: PromptPart): string => (part.type === 'text' ? part.text : '');

const toJson = (value: unknown): string => JSON.stringify(value);
