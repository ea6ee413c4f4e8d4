import { useEffect, useState } from 'react';
import { useConnection, usePullcord } from '@pullcord/client/react';
import { describeConnection, secondsUntil } from './connection-format.js';
import styles from './connection.module.css';

/** Whether signals come, and when they will again. */
export function ConnectionStatus(): React.JSX.Element {
  const connection = useConnection();
  const pullcord = usePullcord();
  const { label, tone, hint } = describeConnection(connection, navigator.onLine);
  return (
    <div className={styles.connection}>
      <span className={`${styles.lamp} ${styles[tone]}`} aria-hidden="true" />
      <span role="status" title={hint}>
        {label}
      </span>
      {connection.status === 'waiting' && connection.retryAt !== undefined && (
        <Countdown until={connection.retryAt} />
      )}
      {(connection.status === 'waiting' || connection.status === 'refused') && (
        <button type="button" className={styles.now} onClick={() => pullcord.connection.retryNow()}>
          Connect now
        </button>
      )}
    </div>
  );
}

/** Not part of the status: nobody wants to hear it every second. */
function Countdown({ until }: { readonly until: number }): React.JSX.Element {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <span className="quiet" aria-hidden="true">
      {secondsUntil(until, now)} s
    </span>
  );
}
