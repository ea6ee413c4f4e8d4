import type { Dialect, TokenUsage } from '../language-model.js';
import { ChatParts } from './chat-completions/chat-parts.js';
import { usageOf as chatUsage } from './chat-completions/read-chunk.js';
import { fields, orNone, type Fields } from './fields.js';
import { MessageParts } from './messages/message-parts.js';
import { readTokens, toUsage } from './messages/message-tokens.js';
import type { PartsReader, ReaderRules } from './parts-reader.js';
import { ResponseParts } from './responses/response-parts.js';
import { responseUsage } from './responses/read-response-event.js';

/** What reads the parts of one answer of this dialect; a new one for each answer. */
export function partsReaderOf(dialect: Dialect): (rules: ReaderRules) => PartsReader {
  switch (dialect) {
    case 'chat_completions':
      return (rules) => new ChatParts(rules);
    case 'responses':
      return (rules) => new ResponseParts(rules);
    case 'messages':
      return (rules) => new MessageParts(rules);
  }
}

/**
 * The tokens that a whole answer of this dialect says it took: its `usage`. Undefined where it says nothing, or not so
 * that it can be read. Pure.
 */
export const readUsage = (
  dialect: Dialect,
  answer: Readonly<Record<string, unknown>>,
): TokenUsage | undefined =>
  orNone(answer, ({ usage }) => {
    const told = fields(usage);
    return told && usageReaders[dialect](told);
  });

const usageReaders: Readonly<Record<Dialect, (usage: Fields) => TokenUsage>> = {
  chat_completions: chatUsage,
  responses: responseUsage,
  messages: (usage) => toUsage(readTokens(usage)),
};
