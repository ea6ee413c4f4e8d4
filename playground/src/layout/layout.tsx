import { useRef } from 'react';
import { SidePanel } from './side-panel.js';
import { useMedia } from './use-media.js';
import styles from './layout.module.css';

export interface LayoutProps {
  readonly list: React.ReactNode;
  readonly header: React.ReactNode;
  readonly drawer: React.ReactNode;
  readonly children: React.ReactNode;
  readonly isNarrow: boolean;
  readonly isListOpen: boolean;
  readonly isDrawerOpen: boolean;
  readonly closeList: () => void;
  readonly closeDrawer: () => void;
}

/** Below these the list and the drawer lie over the page; the style sheet knows nothing of them. */
export const narrow = '(max-width: 50rem)';
const medium = '(max-width: 72rem)';

/** The list, the conversation, and the drawer: side by side as far as there is room. */
export function Layout(props: LayoutProps): React.JSX.Element {
  const { isNarrow } = props;
  const isMedium = useMedia(medium);
  const main = useRef<HTMLElement>(null);
  const isCovered = (isNarrow && props.isListOpen) || (isMedium && props.isDrawerOpen);
  return (
    <div className={styles.page}>
      <button type="button" className={`button ${styles.skip}`} onClick={() => main.current?.focus()}>
        Skip to the conversation
      </button>
      <SidePanel
        as="nav"
        label="Conversations"
        isOpen={!isNarrow || props.isListOpen}
        isOver={isNarrow}
        onClose={props.closeList}
      >
        {props.list}
      </SidePanel>
      <main ref={main} tabIndex={-1} inert={isCovered} className={styles.main}>
        <header className={styles.header}>{props.header}</header>
        <div className={styles.content}>{props.children}</div>
      </main>
      <SidePanel
        as="aside"
        label="Signals and pulls"
        isOpen={props.isDrawerOpen}
        isOver={isMedium}
        onClose={props.closeDrawer}
      >
        {props.drawer}
      </SidePanel>
    </div>
  );
}
