import type { ReactNode } from 'react';
import styles from './json-view.module.css';

interface JsonViewProps {
  readonly label: string;
  readonly value: unknown;
}

/** A value as a program wrote it: text as it is, anything else as JSON. */
export const JsonView = ({ label, value }: JsonViewProps): ReactNode => (
  <div className={styles.view}>
    <h4>{label}</h4>
    <pre tabIndex={0} aria-label={label}>
      {typeof value === 'string' ? value : JSON.stringify(value, null, 2)}
    </pre>
  </div>
);
