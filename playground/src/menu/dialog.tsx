import { useEffect, useId, useRef } from 'react';
import styles from './menu.module.css';

export interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: React.ReactNode;
}

/** A question over the page, which cannot be used meanwhile. Escape and a press beside it close it. */
export function Dialog({ title, onClose, children }: DialogProps): React.JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={heading}
      className={styles.dialog}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === dialog.current && isBeside(event, dialog.current)) onClose();
      }}
    >
      <h2 id={heading}>{title}</h2>
      {children}
    </dialog>
  );
}

/** The dialog's own element is hit by what misses its box too: that is its backdrop. */
function isBeside({ clientX, clientY }: React.MouseEvent, dialog: HTMLElement): boolean {
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  return clientX < left || clientX > right || clientY < top || clientY > bottom;
}

/** The row of buttons that ends a dialog. */
export const DialogButtons = ({ children }: { readonly children: React.ReactNode }): React.JSX.Element => (
  <div className={styles.buttons}>{children}</div>
);
