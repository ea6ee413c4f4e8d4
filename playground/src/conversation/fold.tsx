import type { ReactNode } from 'react';
import styles from './fold.module.css';

interface FoldProps {
  readonly title: ReactNode;
  /** Beside the title, in small. */
  readonly note?: ReactNode;
  readonly isOpen?: boolean;
  readonly children: ReactNode;
}

/** Something that is there for who wants to see it. */
export const Fold = ({ title, note, isOpen = false, children }: FoldProps): ReactNode => (
  <details className={styles.fold} open={isOpen}>
    <summary>
      <span className={styles.title}>{title}</span>
      {note && <span className={styles.note}>{note}</span>}
    </summary>
    <div className={styles.inside}>{children}</div>
  </details>
);
