import { ConnectionStatus } from '../connection/connection-status.js';
import { ContextHeader } from '../header/context-header.js';
import { Icon } from '../style/icon.js';
import styles from './top-bar.module.css';

export interface TopBarProps {
  readonly contextId: string | undefined;
  readonly isDrawerOpen: boolean;
  /** Set where the list is not beside the conversation. */
  readonly onOpenList: (() => void) | undefined;
  readonly onToggleDrawer: () => void;
}

export const TopBar = (props: TopBarProps): React.JSX.Element => (
  <>
    {props.onOpenList && (
      <button type="button" className="sign" aria-label="Conversations" onClick={props.onOpenList}>
        <Icon name="menu" />
      </button>
    )}
    {props.contextId === undefined ? (
      <span className={styles.space} />
    ) : (
      <ContextHeader key={props.contextId} id={props.contextId} />
    )}
    {props.onOpenList && <ConnectionStatus />}
    <button
      type="button"
      className={`button ${styles.drawer}`}
      aria-label="Signals and pulls"
      aria-expanded={props.isDrawerOpen}
      onClick={props.onToggleDrawer}
    >
      <Icon name="signals" />
      <span className={styles.words}>Signals and pulls</span>
    </button>
  </>
);
