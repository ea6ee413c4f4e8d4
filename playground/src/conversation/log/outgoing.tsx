import type { ContextView } from '@pullcord/client';
import type { ReactNode } from 'react';
import { useCommands } from '../commands.js';
import styles from '../messages/message-entry.module.css';

type OutgoingMessage = ContextView['outgoing'][number];

/** A message that the server has not shown yet. */
export function Outgoing({ message }: { readonly message: OutgoingMessage }): ReactNode {
  const { live, ask } = useCommands();
  const { key, status, problem } = message;
  return (
    <article aria-label="You" className={`${styles.entry} ${styles.you}`} data-outgoing={status}>
      <p className={styles.plain}>{contentOf(message)}</p>
      {status === 'failed' ? (
        <p className={styles.failed}>
          <span>Not sent: {problem?.detail ?? 'the server could not be reached.'}</span>
          <button type="button" className="button" onClick={() => void ask(() => live.resend(key))}>
            Send again
          </button>
          <button type="button" className="button" onClick={() => live.discard(key)}>
            Discard
          </button>
        </p>
      ) : (
        <p className={styles.onItsWay}>{status === 'sending' ? 'Sending…' : 'Waiting for its turn'}</p>
      )}
    </article>
  );
}

function contentOf({ content, payload }: OutgoingMessage): string {
  if (content) return content;
  if (payload?.kind === 'image') return 'An image';
  return payload?.kind === 'file_reference' ? (payload.data.path ?? 'A file') : 'A message';
}
