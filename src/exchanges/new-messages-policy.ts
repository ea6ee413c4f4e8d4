import type { PromptMessage } from '../providers/language-model.js';

/** What of a request is new to a context that has all before it: the messages after the last one of an assistant. Pure. */
export function newMessages(messages: readonly PromptMessage[]): readonly PromptMessage[] {
  const last = messages.findLastIndex(({ role }) => role === 'assistant');
  return messages.slice(last + 1);
}
