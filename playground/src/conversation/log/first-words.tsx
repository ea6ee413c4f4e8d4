import { PullcordError } from '@pullcord/client';
import { listModels } from '@pullcord/client/api';
import { usePullcord } from '@pullcord/client/react';
import { useEffect, useState, type ReactNode } from 'react';
import { useCommands } from '../commands.js';
import styles from './message-log.module.css';

/** What the model that is always there understands, so that all of the page can be seen without any key. */
const examples = [
  { title: 'A long answer', content: '/words 200' },
  { title: 'Thinking aloud first', content: '/reason\n/words 60' },
  { title: 'A call of a tool', content: '/tool current_time {}' },
  { title: 'An answer that breaks off', content: '/fail-after 12' },
] as const;

/** A conversation in which nothing has been said. */
export function FirstWords(): ReactNode {
  const { live, ask } = useCommands();
  const isScripted = useIsScripted();
  return (
    <div className={styles.first}>
      <h2>What shall we talk about?</h2>
      {isScripted && (
        <>
          <p className="quiet">Without a provider’s key the scripted model answers. Let it show something:</p>
          <div className={styles.examples}>
            {examples.map(({ title, content }) => (
              <button
                key={title}
                type="button"
                className="button"
                onClick={() => void ask(() => live.send(content))}
              >
                {title}
              </button>
            ))}
          </div>
        </>
      )}
    </div>
  );
}

/** Whether there is no other model than the scripted one. */
function useIsScripted(): boolean {
  const { api } = usePullcord();
  const [isScripted, setScripted] = useState(false);
  useEffect(() => {
    const abort = new AbortController();
    const look = async (): Promise<void> => {
      try {
        const { data } = await listModels({ client: api, signal: abort.signal });
        if (!abort.signal.aborted) setScripted(data.data.every(({ provider }) => provider === 'scripted'));
      } catch (error) {
        // Nothing is offered then.
        if (!(error instanceof PullcordError) && !abort.signal.aborted) throw error;
      }
    };
    void look();
    return () => abort.abort();
  }, [api]);
  return isScripted;
}
