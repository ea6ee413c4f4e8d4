import type { Dialect } from '../../../src/providers/language-model.js';
import { inChat } from './ask-in-chat.js';
import { inMessages } from './ask-in-messages.js';
import { inResponses } from './ask-in-responses.js';
import type { Ask } from './ask.js';

/** The body of the request. */
export function askIn(dialect: Dialect, model: string, ask: Ask): Record<string, unknown> {
  const writers = { chat_completions: inChat, responses: inResponses, messages: inMessages };
  return { model, ...writers[dialect](ask), stream: !ask.isWhole, ...ask.more };
}

export const pathOf: Readonly<Record<Dialect, string>> = {
  chat_completions: '/v1/chat/completions',
  responses: '/v1/responses',
  messages: '/v1/messages',
};
