import { isKnown, type Message } from '../messages/message-kinds.js';
import { contentPath, fileOf, isSpoken } from './map-to-chunks.js';
import { partsOf } from './parts-of-chunks.js';
import { isAnswer, TurnWriter, type TurnEnd } from './turn-writer.js';
import type { UiChunk, UiMessage, UiPart } from './ui-kinds.js';

/** What a page sent along with a message, as this room keeps it in `metadata.client`. */
export interface UiClient {
  /** The id that the message has in the page. */
  readonly ui_message_id?: string;
  /** The page's own metadata. */
  readonly ui_metadata?: Readonly<Record<string, unknown>>;
}

export const clientOf = ({ metadata }: Pick<Message, 'metadata'>): UiClient => metadata.client ?? {};

/** The id that a message of a user has in a page: the one it was sent under, or its own. Pure. */
export const uiIdOf = (message: Message): string => clientOf(message).ui_message_id ?? message.id;

/**
 * Messages of a branch, oldest first and without gaps, as a page shows them: the words of a user with their files, and
 * then all that came of them as one message. `end` is how the last turn ended. Pure.
 */
export function mapToUiMessages(messages: readonly Message[], end: TurnEnd): UiMessage[] {
  const groups = groupsOf(messages);
  return groups.map((group, index) =>
    group.isUsers
      ? userMessage(group.messages)
      : answerMessage(group.messages, index === groups.length - 1 ? end : { type: 'completed' }),
  );
}

interface Group {
  readonly isUsers: boolean;
  readonly messages: [Message, ...Message[]];
}

function groupsOf(messages: readonly Message[]): Group[] {
  const groups: Group[] = [];
  for (const message of messages) {
    if (message.metadata.companion_of !== undefined) continue;
    const isUsers = isSpoken(message);
    const last = groups.at(-1);
    const isSame = last?.isUsers === isUsers && (!isUsers || uiIdOf(last.messages[0]) === uiIdOf(message));
    if (isSame) last.messages.push(message);
    else groups.push({ isUsers, messages: [message] });
  }
  return groups;
}

function userMessage(messages: Group['messages']): UiMessage {
  const [first] = messages;
  const { context_id, branch, created_at } = first;
  const message_ids = messages.map(({ id }) => id);
  return {
    id: uiIdOf(first),
    role: 'user',
    metadata: {
      ...clientOf(first).ui_metadata,
      pullcord: { context_id, branch, message_ids, created_at },
    },
    parts: messages.map(partOf),
  };
}

function partOf(message: Message): UiPart {
  if (isKnown(message) && message.kind === 'text') return { type: 'text', text: message.data.content };
  if (isKnown(message) && message.kind === 'image') return { type: 'file', ...fileOf(message.data.source) };
  if (isKnown(message) && message.kind === 'file_reference' && message.data.attachment_id) {
    const { attachment_id, path: filename } = message.data;
    return { type: 'file', mediaType: 'application/octet-stream', url: contentPath(attachment_id), filename };
  }
  return { type: `data-${message.kind}`, id: message.id, data: message.data };
}

function answerMessage(messages: Group['messages'], end: TurnEnd): UiMessage {
  const [first] = messages;
  const { context_id, branch } = first;
  const writer = new TurnWriter({
    ...{ context_id, branch, run_id: first.metadata.run_id },
    isContinued: false,
  });
  const chunks = [...messages.flatMap((message) => writer.whole(message)), ...writer.finish(end)];
  const last = messages.findLast(isAnswer)?.status;
  const { pullcord } = metadataIn(chunks);
  const status = last === undefined || last === 'streaming' ? pullcord.status : last;
  return {
    id: first.id,
    role: 'assistant',
    metadata: { pullcord: { ...pullcord, status } },
    parts: partsOf(chunks),
  };
}

function metadataIn(chunks: readonly UiChunk[]): UiMessage['metadata'] {
  const last = chunks.findLast((chunk) => 'messageMetadata' in chunk && chunk.messageMetadata !== undefined);
  if (last && 'messageMetadata' in last && last.messageMetadata) return last.messageMetadata;
  throw new Error('A turn was told without its facts.');
}
