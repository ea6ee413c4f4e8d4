import type { ReactNode } from 'react';
import { useCommands } from './commands.js';
import { mapToStateLine, type State } from './map-to-state-line.js';
import { PendingBar } from './tools/pending-bar.js';
import styles from './state-line.module.css';

/** What the server is doing, and what can be done where it is not. It is read out, once for each change. */
export function StateLine({ state }: { readonly state: State }): ReactNode {
  const { live, allows, ask } = useCommands();
  const line = mapToStateLine(state);
  return (
    <div className={styles.line} data-tone={line?.tone}>
      <p aria-live="polite">{line?.text}</p>
      <PendingBar />
      {state.type === 'error' && allows('retry') && (
        <button type="button" className="button" onClick={() => void ask(() => live.retry())}>
          Retry
        </button>
      )}
      {allows('continue') && (
        <button type="button" className="button" onClick={() => void ask(() => live.continue())}>
          Continue
        </button>
      )}
    </div>
  );
}
