import { Dialog, DialogButtons } from '../menu/dialog.js';
import styles from './keyboard.module.css';
import { shortcuts } from './shortcuts.js';

export const ShortcutList = ({ onClose }: { readonly onClose: () => void }): React.JSX.Element => (
  <Dialog title="Keyboard shortcuts" onClose={onClose}>
    <dl className={styles.keys}>
      {shortcuts.map(({ key, does }) => (
        <Line key={key} keys={[key]} does={does} />
      ))}
      <Line keys={['Ctrl', 'K']} does="Search, also while typing" />
      <Line keys={['Enter']} does="Send the message" />
      <Line keys={['Shift', 'Enter']} does="A new line" />
      <Line keys={['Esc']} does="Close what lies on top" />
    </dl>
    <DialogButtons>
      <button type="button" className="button" onClick={onClose} autoFocus>
        Close
      </button>
    </DialogButtons>
  </Dialog>
);

const Line = ({ keys, does }: { readonly keys: readonly string[]; readonly does: string }) => (
  <div className={styles.line}>
    <dt>
      {keys.map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </dt>
    <dd>{does}</dd>
  </div>
);
