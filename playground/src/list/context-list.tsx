import { useContextList, usePullcord } from '@pullcord/client/react';
import { attempt } from '../notices/notices.js';
import { ContextItem } from './context-item.js';
import styles from './list.module.css';

export interface ContextListProps {
  /** The archived ones, instead of the others. */
  readonly isArchive: boolean;
  readonly openId: string | undefined;
  readonly onChoose: () => void;
}

/** Conversations, newest activity first. */
export function ContextList({ isArchive, openId, onChoose }: ContextListProps): React.JSX.Element {
  const query = isArchive ? archive : current;
  const { status, contexts, hasMore, problem } = useContextList(query);
  const pullcord = usePullcord();
  return (
    <div className={styles.scroll}>
      {problem && <p className={styles.problem}>{problem.detail}</p>}
      {status === 'ready' && contexts.length === 0 && (
        <p className={styles.empty}>{isArchive ? 'Nothing is archived.' : 'No conversations yet.'}</p>
      )}
      <ul className={styles.items}>
        {contexts.map((context) => (
          <ContextItem
            key={context.id}
            context={context}
            isOpen={context.id === openId}
            onChoose={onChoose}
          />
        ))}
      </ul>
      {hasMore && (
        <button
          type="button"
          className={`button ${styles.more}`}
          onClick={() => attempt('No more came.', () => pullcord.contexts(query).loadMore())}
        >
          More
        </button>
      )}
    </div>
  );
}

const current = {};
const archive = { archived: true };
