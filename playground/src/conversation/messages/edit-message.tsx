import { useState, type KeyboardEvent, type ReactNode } from 'react';
import styles from './edit-message.module.css';

interface EditMessageProps {
  readonly text: string;
  /** Whether it was granted. */
  readonly onSave: (text: string) => Promise<boolean>;
  readonly onClose: () => void;
}

/** The message in a field of its own. Saved, it becomes another version of the message, and is answered. */
export function EditMessage({ text, onSave, onClose }: EditMessageProps): ReactNode {
  const [draft, setDraft] = useState(text);
  const [isSaving, setSaving] = useState(false);
  const canSave = !isSaving && draft.trim() !== '' && draft !== text;
  const save = async (): Promise<void> => {
    if (!canSave) return;
    setSaving(true);
    if (await onSave(draft)) onClose();
    else setSaving(false);
  };
  const press = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') onClose();
    else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void save();
    else return;
    event.preventDefault();
  };
  return (
    <form
      className={styles.edit}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <textarea
        className="field"
        aria-label="Edit message"
        autoFocus
        value={draft}
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={press}
      />
      <div className={styles.buttons}>
        <button type="button" className="button" onClick={onClose}>
          Cancel
        </button>
        <button type="submit" className="button primary" disabled={!canSave}>
          Save
        </button>
      </div>
    </form>
  );
}
