import { memo, useState, type ReactNode } from 'react';
import { useCommands } from '../commands.js';
import { EditMessage } from './edit-message.js';
import { isSameEntry, type Entry } from './map-to-entries.js';
import { MessageActions } from './message-actions.js';
import { MessageBody } from './message-body.js';
import styles from './message-entry.module.css';

interface MessageEntryProps {
  readonly entry: Entry;
  /** Whether it can be answered once more. */
  readonly canRetry: boolean;
}

const speakers = { user: 'You', assistant: 'Assistant', tool: 'Tool', system: 'System' } as const;

/** A message with what can be done about it; drawn again only when something in it has changed. */
export const MessageEntry = memo(function MessageEntry({ entry, canRetry }: MessageEntryProps): ReactNode {
  const { live, ask } = useCommands();
  const [isEditing, edit] = useState(false);
  const { message, isStreaming } = entry.view;
  const speaker = speakerOf(entry);
  return (
    <article
      data-message={message.id}
      aria-label={speaker}
      aria-busy={isStreaming}
      className={`${styles.entry} ${speaker === 'You' ? styles.you : ''}`}
    >
      {isEditing && message.kind === 'text' ? (
        <EditMessage
          text={message.data.content}
          onSave={(text) => ask(() => live.edit(message.id, text))}
          onClose={() => edit(false)}
        />
      ) : (
        <>
          <MessageBody entry={entry} />
          <MessageActions entry={entry} canRetry={canRetry} onEdit={() => edit(true)} />
        </>
      )}
    </article>
  );
}, isSameProps);

function isSameProps(one: MessageEntryProps, other: MessageEntryProps): boolean {
  return one.canRetry === other.canRetry && isSameEntry(one.entry, other.entry);
}

const toolKinds: readonly string[] = ['tool_request', 'tool_result', 'mcp_tool_request', 'mcp_tool_result'];

/** Calls are the tool's part of the conversation, although it is the model that asks for them. */
const speakerOf = ({ view: { message } }: Entry): string =>
  toolKinds.includes(message.kind) ? speakers.tool : (speakers[message.role] ?? 'System');
