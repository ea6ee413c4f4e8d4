import { ConnectionStatus } from '../connection/connection-status.js';
import { ContextHeader } from '../header/context-header.js';
import { Icon } from '../style/icon.js';
import type { Panels } from './use-panels.js';
import styles from './top-bar.module.css';

export interface TopBarProps {
  readonly openId: string | undefined;
  readonly panels: Panels;
}

export const TopBar = ({ openId, panels }: TopBarProps): React.JSX.Element => (
  <>
    {panels.isNarrow && (
      <button type="button" className="sign" aria-label="Conversations" onClick={panels.openList}>
        <Icon name="menu" />
      </button>
    )}
    {openId === undefined ? <span className={styles.space} /> : <ContextHeader key={openId} id={openId} />}
    {panels.isNarrow && <ConnectionStatus />}
    <button
      type="button"
      className={`button ${styles.drawer}`}
      aria-label="Signals and pulls"
      aria-expanded={panels.isDrawerOpen}
      onClick={panels.toggleDrawer}
    >
      <Icon name="signals" />
      <span className={styles.words}>Signals and pulls</span>
    </button>
  </>
);
