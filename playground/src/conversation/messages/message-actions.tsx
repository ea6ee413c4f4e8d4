import type { ReactNode } from 'react';
import { Icon } from '../../style/icon.js';
import { useCommands } from '../commands.js';
import { CopyButton } from '../copy-button.js';
import { answerFacts } from './answer-facts.js';
import type { Entry } from './map-to-entries.js';
import { Versions } from './versions.js';
import styles from './message-actions.module.css';

interface MessageActionsProps {
  readonly entry: Entry;
  /** Whether it can be answered once more. */
  readonly canRetry: boolean;
  readonly onEdit: () => void;
}

/** What can be done about a message: copy it, say it in other words, have it answered anew, turn to another version. */
export function MessageActions({ entry, canRetry, onEdit }: MessageActionsProps): ReactNode {
  const { live, allows, ask } = useCommands();
  const { message, text, isStreaming } = entry.view;
  const isAnswer = message.kind === 'streaming_response';
  const written = message.kind === 'text' ? message.data.content : isAnswer ? text : '';
  if (isStreaming || (!isAnswer && written === '' && !entry.siblings)) return null;
  const canEdit = message.kind === 'text' && message.role === 'user' && allows('edit_message');
  return (
    <footer className={styles.actions}>
      {entry.siblings && <Versions siblings={entry.siblings} />}
      <span className={styles.quiet}>
        {written && <CopyButton text={written} label="Copy" />}
        {canEdit && (
          <button type="button" className="sign" aria-label="Edit" title="Edit" onClick={onEdit}>
            <Icon name="edit" />
          </button>
        )}
        {canRetry && (isAnswer || canEdit) && allows('retry') && (
          <button
            type="button"
            className="sign"
            aria-label="Retry"
            title="Answer once more"
            onClick={() => void ask(() => live.retry())}
          >
            <Icon name="retry" />
          </button>
        )}
        {isAnswer && <span className={styles.facts}>{answerFacts(message)}</span>}
      </span>
    </footer>
  );
}
