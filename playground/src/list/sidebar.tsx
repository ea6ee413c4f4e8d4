import { useState } from 'react';
import { ConnectionStatus } from '../connection/connection-status.js';
import type { Panels } from '../page/use-panels.js';
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
  readonly panels: Panels;
  readonly onNew: () => void;
}

/** As quiet as a fast typist's pause. */
const settleMs = 200;

export function Sidebar({ openId, panels, onNew }: SidebarProps): React.JSX.Element {
  const [text, setText] = useState('');
  const [isArchive, setArchive] = useState(false);
  const begin = (): void => {
    panels.closeList();
    onNew();
  };
  const words = useSettled(text.trim(), settleMs);
  return (
    <>
      <div className={styles.head}>
        <Brand />
        {panels.isNarrow && (
          <button type="button" className="sign" aria-label="Close" onClick={panels.closeList}>
            <Icon name="close" />
          </button>
        )}
      </div>
      <div className={styles.top}>
        <button type="button" className={`button ${styles.new}`} onClick={begin}>
          <Icon name="plus" />
          New conversation
        </button>
        <SearchField text={text} onText={setText} />
      </div>
      {words ? (
        <SearchResults words={words} onChoose={panels.closeList} />
      ) : (
        <>
          {isArchive && <h2 className={styles.section}>Archived</h2>}
          <ContextList isArchive={isArchive} openId={openId} onChoose={panels.closeList} />
        </>
      )}
      <footer className={styles.foot}>
        {/* Else it stands in the top bar, where it is seen. */}
        <div className={styles.connection}>{!panels.isNarrow && <ConnectionStatus />}</div>
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
          onClick={panels.showHelp}
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
