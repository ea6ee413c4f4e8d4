import type { ContextView } from '@pullcord/client';
import type { ReactNode } from 'react';
import { navigate } from '../route/use-route.js';
import { useCommands } from './commands.js';
import styles from './conversation.module.css';

/** Says so where the reader has come to another branch than the one that the conversation goes on with. */
export function OtherBranch({ view: { id, branch, metadata } }: { readonly view: ContextView }): ReactNode {
  const { live, allows, ask } = useCommands();
  if (!metadata || branch === undefined || branch === metadata.active_branch) return null;
  return (
    <div role="status" className={styles.elsewhere}>
      <p>You are looking at another branch. What you send goes to the current one.</p>
      <button type="button" className="button" onClick={() => navigate({ page: 'context', id })}>
        Back to the current one
      </button>
      {allows('switch_branch') && (
        <button type="button" className="button" onClick={() => void ask(() => live.switchBranch(branch))}>
          Make it the current one
        </button>
      )}
    </div>
  );
}
