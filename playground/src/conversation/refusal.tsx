import type { ReactNode } from 'react';
import { Icon } from '../style/icon.js';
import styles from './conversation.module.css';

interface RefusalProps {
  readonly text: string;
  readonly onDismiss: () => void;
}

/** Why the last command was refused. */
export const Refusal = ({ text, onDismiss }: RefusalProps): ReactNode => (
  <div role="alert" className={styles.refusal}>
    <p>{text}</p>
    <button type="button" className="sign" aria-label="Dismiss" onClick={onDismiss}>
      <Icon name="close" />
    </button>
  </div>
);
