import { mapToPrompt } from '../../messages/map-to-prompt.js';
import type { Message } from '../../messages/message-kinds.js';
import { withSummaries } from '../../messages/prompt/map-summaries.js';
import type { MessageId } from '../../kernel/ids.js';
import type { PromptMessage } from '../../providers/language-model.js';

/** What of a message is kept as an item: its prompt, null where another speaks for it. Absent where it speaks for itself. */
export type PromptsOf = ReadonlyMap<MessageId, PromptMessage | null>;

/**
 * What a model is sent of a conversation, oldest first: each item just as it was, and everything else as it is sent in
 * any turn. Pure.
 */
export function convertHistory(
  messages: readonly Message[],
  pinned: ReadonlySet<MessageId>,
  prompts: PromptsOf,
): readonly PromptMessage[] {
  const history: PromptMessage[] = [];
  let others: Message[] = [];
  const endOthers = (): void => {
    history.push(...mapToPrompt(others, { pinned }));
    others = [];
  };
  for (const message of withSummaries(messages, pinned)) {
    const prompt = prompts.get(message.id);
    if (prompt === undefined) others.push(message);
    else if (prompt !== null) {
      endOthers();
      history.push(prompt);
    }
  }
  endOthers();
  return withoutLostResults(history);
}

/** A result whose call is older than what is read would be refused. */
function withoutLostResults(history: readonly PromptMessage[]): readonly PromptMessage[] {
  const first = history.findIndex(({ role }) => role !== 'tool');
  return history.slice(first === -1 ? history.length : first);
}
