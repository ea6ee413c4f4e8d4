import { useId, useState } from 'react';
import { Dialog, DialogButtons } from '../menu/dialog.js';

export interface RenameDialogProps {
  readonly title: string | null;
  /** Null takes the title away. */
  readonly onRename: (title: string | null) => void;
  readonly onClose: () => void;
}

/** As the API has it. */
const maxLength = 300;

export function RenameDialog({ title, onRename, onClose }: RenameDialogProps): React.JSX.Element {
  const [text, setText] = useState(title ?? '');
  const field = useId();
  return (
    <Dialog title="Rename" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onRename(text.trim() || null);
          onClose();
        }}
      >
        <label htmlFor={field} className="heard">
          Title
        </label>
        <input
          id={field}
          className="field"
          value={text}
          maxLength={maxLength}
          autoFocus
          onFocus={(event) => event.target.select()}
          onChange={(event) => setText(event.target.value)}
        />
        <DialogButtons>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button primary">
            Rename
          </button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
