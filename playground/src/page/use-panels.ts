import { useState } from 'react';
import { flushSync } from 'react-dom';
import { narrow } from '../layout/layout.js';
import { useMedia } from '../layout/use-media.js';

/** What lies beside the conversation, or over it, and whether it is open. */
export interface Panels {
  /** Whether the list lies over the page, so that it can be opened and closed. */
  readonly isNarrow: boolean;
  readonly isListOpen: boolean;
  readonly isDrawerOpen: boolean;
  readonly hasHelp: boolean;
  readonly openList: () => void;
  readonly closeList: () => void;
  readonly openDrawer: () => void;
  readonly closeDrawer: () => void;
  readonly toggleDrawer: () => void;
  readonly showHelp: () => void;
  readonly closeHelp: () => void;
  /** Puts the cursor into the search, and shows the list for that where it is hidden. */
  readonly search: () => void;
}

export function usePanels(): Panels {
  const isNarrow = useMedia(narrow);
  const [isListOpen, setList] = useState(false);
  const [isDrawerOpen, setDrawer] = useState(false);
  const [hasHelp, setHelp] = useState(false);
  return {
    isNarrow,
    isListOpen,
    isDrawerOpen,
    hasHelp,
    openList: () => setList(true),
    closeList: () => setList(false),
    openDrawer: () => setDrawer(true),
    closeDrawer: () => setDrawer(false),
    toggleDrawer: () => setDrawer(!isDrawerOpen),
    showHelp: () => setHelp(true),
    closeHelp: () => setHelp(false),
    search: () => {
      // At once, so that what is typed next goes into the field.
      if (isNarrow) flushSync(() => setList(true));
      focusOn('[data-search]');
    },
  };
}

export function focusOn(selector: string): void {
  const element = document.querySelector(selector);
  if (element instanceof HTMLElement) element.focus();
}
