import { isKnown, type Message } from '../../messages/message-kinds.js';
import { isUnread } from '../../messages/map-to-prompt.js';
import { convertToMentions } from '../../prompts/convert-mentions.js';
import type { Draft, Reference, Taken } from './draft.js';

/**
 * Puts what the message refers to behind it. Where that was done before, by an attempt that failed later, it stays as it
 * was then.
 */
export function resolveReferences(draft: Draft, maxReferences: number): Taken {
  const { question, found } = draft;
  if (!question || draft.messages.some(({ metadata }) => metadata.companion_of === question.id))
    return { type: 'continue' };
  if (found) return takeFound(draft, question, found);
  const references = referencesOf(question, draft.context.config.workspace_path !== undefined);
  if (references.length === 0) return { type: 'continue' };
  if (references.length > maxReferences) return tooMany(references.length, maxReferences);
  return { type: 'suspend', need: { type: 'references', references, question } };
}

/** What a message points at. Without a workspace nothing in a text can be a file. */
export function referencesOf(message: Message, hasWorkspace: boolean): readonly Reference[] {
  if (!isKnown(message)) return [];
  const { kind, data } = message;
  if (kind === 'text')
    return hasWorkspace
      ? convertToMentions(data.content).map((mention) => ({ type: 'file', ...mention, isCertain: false }))
      : [];
  if (!isUnread(message)) return [];
  if (kind === 'mcp_resource') {
    const { server_name, resource_uri } = data;
    return [{ type: 'resource', server_name, resource_uri }];
  }
  if (kind !== 'file_reference') return [];
  const { path, line_range, attachment_id } = data;
  if (attachment_id !== undefined)
    return [{ type: 'attachment', attachment_id, path, ...(line_range && { line_range }) }];
  return [{ type: 'file', path, ...(line_range && { line_range }), isCertain: true }];
}

function takeFound(draft: Draft, question: Message, found: NonNullable<Draft['found']>): Taken {
  for (const one of found) if (one.type === 'failure') return { type: 'abort', reason: one.reason };
  const companions = found.flatMap((one) => (one.type === 'companion' ? [one.companion] : []));
  if (companions.length === 0) return { type: 'continue' };
  const messages = draft.messages.flatMap((message) =>
    message.id === question.id ? [message, ...companions] : [message],
  );
  return { type: 'transform', draft: { ...draft, companions, messages } };
}

const tooMany = (count: number, max: number): Taken => ({
  type: 'abort',
  reason: {
    code: 'too_many_references',
    message: `The message points at ${count} files; at most ${max} are read. Put what is no file into backticks.`,
    retryable: false,
  },
});
