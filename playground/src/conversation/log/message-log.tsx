import type { ContextView } from '@pullcord/client';
import { useMemo, type ReactNode } from 'react';
import { Icon } from '../../style/icon.js';
import { mapToEntries } from '../messages/map-to-entries.js';
import { MessageEntry } from '../messages/message-entry.js';
import { FirstWords } from './first-words.js';
import { LoadOlder } from './load-older.js';
import { Outgoing } from './outgoing.js';
import { useStick } from './use-stick.js';
import styles from './message-log.module.css';

/** What was said, the newest at the end and in sight unless the reader has scrolled up. */
export function MessageLog({ view }: { readonly view: ContextView }): ReactNode {
  const entries = useMemo(() => mapToEntries(view.messages), [view.messages]);
  // After a failure the line about the state offers it.
  const canRetryLast = view.outgoing.length === 0 && view.metadata?.state.type !== 'error';
  const firstId = view.messages[0]?.message.id;
  const { log, content, onScroll, isAway, follow } = useStick(firstId);
  return (
    <div className={styles.frame}>
      <div
        ref={log}
        role="log"
        aria-label="Messages"
        // Text that comes piece by piece is not to be read out piece by piece; the state line says what goes on.
        aria-live="off"
        tabIndex={0}
        className={styles.log}
        onScroll={onScroll}
      >
        <div ref={content} className={styles.content}>
          {view.messages.length + view.outgoing.length === 0 && <FirstWords />}
          {view.hasOlder && <LoadOlder firstId={firstId} />}
          {entries.map((entry, index) => (
            <MessageEntry
              key={entry.view.message.id}
              entry={entry}
              canRetry={index === entries.length - 1 && canRetryLast}
            />
          ))}
          {view.outgoing.map((message) => (
            <Outgoing key={message.key} message={message} />
          ))}
        </div>
      </div>
      {isAway && (
        <button type="button" className={`button ${styles.follow}`} onClick={follow}>
          <Icon name="down" />
          Newest
        </button>
      )}
    </div>
  );
}
