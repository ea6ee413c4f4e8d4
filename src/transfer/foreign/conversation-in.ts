import { isJsonObject } from '../../http/fields.js';
import { convertChatgpt } from './convert-chatgpt.js';
import { convertClaude } from './convert-claude.js';
import { convertOldContext } from './convert-old-context.js';
import type { Conversation } from './conversation-kinds.js';

/** A conversation in a form that other programs write, told by the field that it is in; undefined for none of them. */
export function conversationIn(value: unknown): Conversation | undefined {
  if (!isJsonObject(value)) return undefined;
  if (isJsonObject(value['mapping'])) return convertChatgpt(value);
  if (Array.isArray(value['chat_messages'])) return convertClaude(value);
  if (Array.isArray(value['messages']) || isJsonObject(value['message_pool']))
    return convertOldContext(value);
  return undefined;
}
