import { useId, useRef } from 'react';
import { Icon, type IconName } from '../style/icon.js';
import { placeBelow } from './place-below.js';
import styles from './menu.module.css';

export interface MenuItem {
  readonly label: string;
  readonly icon: IconName;
  readonly act: () => void;
  readonly isDanger?: boolean;
}

export interface MenuProps {
  /** What the button is called. */
  readonly label: string;
  /** The look of the button, and what it shows. */
  readonly className: string;
  readonly children: React.ReactNode;
  readonly items: readonly MenuItem[];
}

/** A button that opens a list of things to do. Escape and a press beside it close it; arrows go through it. */
export function Menu({ label, className, children, items }: MenuProps): React.JSX.Element {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  return (
    <>
      <button
        ref={button}
        type="button"
        className={className}
        aria-label={label}
        aria-haspopup="menu"
        popoverTarget={id}
      >
        {children}
      </button>
      <div
        ref={list}
        id={id}
        popover="auto"
        role="menu"
        aria-label={label}
        className={styles.menu}
        onToggle={(event) => {
          if (event.newState !== 'open' || !button.current) return;
          placeBelow(event.currentTarget, button.current);
          event.currentTarget.querySelector('button')?.focus();
        }}
        onKeyDown={(event) => moveFocus(event)}
      >
        {items.map((item) => (
          <button
            key={item.label}
            type="button"
            role="menuitem"
            tabIndex={-1}
            className={`${styles.item} ${item.isDanger ? styles.danger : ''}`}
            onClick={() => {
              list.current?.hidePopover();
              item.act();
            }}
          >
            <Icon name={item.icon} />
            {item.label}
          </button>
        ))}
      </div>
    </>
  );
}

function moveFocus(event: React.KeyboardEvent<HTMLDivElement>): void {
  const items = [...event.currentTarget.querySelectorAll('button')];
  const at = items.findIndex((item) => item === document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (event.key === 'Tab') event.currentTarget.hidePopover();
  if (to === undefined) return;
  event.preventDefault();
  items.at(to % items.length)?.focus();
}
