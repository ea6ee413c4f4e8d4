import { useState, type ReactNode } from 'react';
import styles from './message-entry.module.css';

/** Past these a text is shown folded at first. */
const maxLines = 12;
const maxCharacters = 1200;

/** What somebody wrote, as it was written; a long one opens on demand, so that the answer stays near. */
export function LongText({ text }: { readonly text: string }): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const isLong = text.length > maxCharacters || text.split('\n', maxLines + 1).length > maxLines;
  return (
    <div className={styles.plain}>
      <p className={isLong && !isOpen ? styles.folded : undefined}>{text}</p>
      {isLong && (
        <button
          type="button"
          className={styles.unfold}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? 'Show less' : 'Show all'}
        </button>
      )}
    </div>
  );
}
