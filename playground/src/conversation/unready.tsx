import type { ContextView } from '@pullcord/client';
import type { ReactNode } from 'react';
import styles from './conversation.module.css';

interface UnreadyProps {
  readonly view: ContextView;
  readonly onTryAgain: () => void;
}

/** A conversation of which nothing is known yet, or that there is not. */
export function Unready({ view: { status, problem }, onTryAgain }: UnreadyProps): ReactNode {
  if (status === 'missing')
    return (
      <div className={styles.unready}>
        <h2>There is no such conversation</h2>
        <p className="quiet">It was deleted, or it belongs to somebody else.</p>
      </div>
    );
  if (status === 'failed')
    return (
      <div className={styles.unready}>
        <h2>The conversation could not be fetched</h2>
        <p className="quiet">{problem?.detail}</p>
        <button type="button" className="button" onClick={onTryAgain}>
          Try again
        </button>
      </div>
    );
  return (
    <div className={styles.unready} aria-busy="true">
      <p className="quiet">Loading…</p>
    </div>
  );
}
