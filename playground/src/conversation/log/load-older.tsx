import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useCommands } from '../commands.js';
import styles from './message-log.module.css';

/** Brings the messages above the first as the reader comes near them, and by a button. */
export function LoadOlder({ firstId }: { readonly firstId: string | undefined }): ReactNode {
  const { live, ask } = useCommands();
  const row = useRef<HTMLDivElement>(null);
  const [isLoading, setLoading] = useState(false);
  const load = async (): Promise<void> => {
    setLoading(true);
    await ask(() => live.loadOlder());
    setLoading(false);
  };
  // Once for each first message: a failure is not tried again until the reader asks.
  useEffect(() => {
    if (!row.current) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        observer.disconnect();
        void load();
      },
      { root: row.current.closest('[role="log"]'), rootMargin: '300px 0px 0px' },
    );
    observer.observe(row.current);
    return () => observer.disconnect();
  }, [firstId]);
  return (
    <div ref={row} className={styles.older}>
      <button type="button" className="button" disabled={isLoading} onClick={() => void load()}>
        {isLoading ? 'Loading older messages…' : 'Load older messages'}
      </button>
    </div>
  );
}
