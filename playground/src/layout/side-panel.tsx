import { useEffect, useRef } from 'react';
import styles from './layout.module.css';

export interface SidePanelProps {
  readonly label: string;
  /** Which landmark it is: the list is a way to get about, the drawer stands beside. */
  readonly as: 'nav' | 'aside';
  readonly isOpen: boolean;
  /** Whether it lies over the page rather than beside it; then it closes by Escape and by a press beside it. */
  readonly isOver: boolean;
  readonly onClose: () => void;
  readonly children: React.ReactNode;
}

/** What stands at a side of the page. Closed it is hidden, not gone: what was done in it is found again. */
export function SidePanel(props: SidePanelProps): React.JSX.Element {
  const { as: Landmark, isOpen, isOver, onClose } = props;
  const panel = useRef<HTMLElement>(null);
  const isOnTop = isOpen && isOver;
  useFocusWithin(panel, isOnTop);
  const side = Landmark === 'nav' ? styles.list : styles.drawer;
  return (
    <>
      {isOnTop && <div className={styles.veil} onClick={onClose} />}
      <Landmark
        ref={panel}
        aria-label={props.label}
        tabIndex={-1}
        hidden={!isOpen}
        className={`${side} ${isOver ? styles.over : ''}`}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || !isOver || event.defaultPrevented) return;
          event.preventDefault();
          onClose();
        }}
      >
        {props.children}
      </Landmark>
    </>
  );
}

/** While it lies on top it has the focus; afterwards whoever had it before has it again, if still there. */
function useFocusWithin(panel: React.RefObject<HTMLElement | null>, isOnTop: boolean): void {
  useEffect(() => {
    if (!isOnTop) return;
    const before = document.activeElement;
    panel.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [panel, isOnTop]);
}
