import { useState } from 'react';
import { ConnectionStatus } from '../connection/connection-status.js';
import { SearchResults } from '../search/search-results.js';
import { useSettled } from '../search/use-settled.js';
import { Icon } from '../style/icon.js';
import { ThemeButton } from '../theme/theme-button.js';
import { Brand } from './brand.js';
import { ContextList } from './context-list.js';
import { ImportButton } from './import-button.js';
import styles from './list.module.css';

export interface SidebarProps {
  readonly openId: string | undefined;
  /** Set where the list lies over the page. */
  readonly onClose: (() => void) | undefined;
  /** The reader goes to what was chosen in it. */
  readonly onChoose: () => void;
  readonly onNew: () => void;
  readonly onShortcuts: () => void;
}

/** As quiet as a fast typist's pause. */
const settleMs = 200;

export function Sidebar({ openId, onClose, onChoose, onNew, onShortcuts }: SidebarProps): React.JSX.Element {
  const [text, setText] = useState('');
  const [isArchive, setArchive] = useState(false);
  const words = useSettled(text.trim(), settleMs);
  return (
    <>
      <div className={styles.head}>
        <Brand />
        {onClose && (
          <button type="button" className="sign" aria-label="Close" onClick={onClose}>
            <Icon name="close" />
          </button>
        )}
      </div>
      <div className={styles.top}>
        <button type="button" className={`button ${styles.new}`} onClick={onNew}>
          <Icon name="plus" />
          New conversation
        </button>
        <SearchField text={text} onText={setText} />
      </div>
      {words ? (
        <SearchResults words={words} onChoose={onChoose} />
      ) : (
        <>
          {isArchive && <h2 className={styles.section}>Archived</h2>}
          <ContextList isArchive={isArchive} openId={openId} onChoose={onChoose} />
        </>
      )}
      <footer className={styles.foot}>
        {/* Else it stands in the top bar, where it is seen. */}
        <div className={styles.connection}>{!onClose && <ConnectionStatus />}</div>
        <button
          type="button"
          className="sign"
          aria-label="Archived conversations"
          title="Archived conversations"
          aria-pressed={isArchive}
          onClick={() => setArchive(!isArchive)}
        >
          <Icon name="archive" />
        </button>
        <ImportButton />
        <ThemeButton />
        <button
          type="button"
          className="sign"
          aria-label="Keyboard shortcuts"
          title="Keyboard shortcuts"
          onClick={onShortcuts}
        >
          <Icon name="keyboard" />
        </button>
      </footer>
    </>
  );
}

interface SearchFieldProps {
  readonly text: string;
  readonly onText: (text: string) => void;
}

const SearchField = ({ text, onText }: SearchFieldProps): React.JSX.Element => (
  <div className={styles.search} role="search">
    <Icon name="search" />
    <input
      type="search"
      className="field"
      aria-label="Search messages"
      placeholder="Search"
      value={text}
      maxLength={300}
      data-search
      onChange={(event) => onText(event.target.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || text === '') return;
        event.preventDefault();
        onText('');
      }}
    />
  </div>
);
