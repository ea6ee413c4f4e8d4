import type { SearchResult } from '@pullcord/client/api';
import { useContextList } from '@pullcord/client/react';
import { formatMoment } from '../contexts/moment-format.js';
import { titleOf } from '../contexts/title-format.js';
import { formatRoute } from '../route/route-format.js';
import { markText } from './marked-text.js';
import styles from './search.module.css';
import { useSearch } from './use-search.js';

export interface SearchResultsProps {
  /** Not empty. */
  readonly words: string;
  /** The reader has chosen one, and goes there. */
  readonly onChoose: () => void;
}

/** Conversations by their titles, then messages by what they say. */
export function SearchResults({ words, onChoose }: SearchResultsProps): React.JSX.Element {
  const titles = useContextList({ q: words });
  const found = useSearch(words);
  return (
    <div className={styles.results}>
      {titles.contexts.length > 0 && <h3 className={styles.section}>Titles</h3>}
      <ul className={styles.list}>
        {titles.contexts.slice(0, shownTitles).map((context) => (
          <li key={context.id}>
            <a
              className={styles.result}
              href={formatRoute({ page: 'context', id: context.id })}
              onClick={onChoose}
            >
              <span className={styles.title}>{titleOf(context)}</span>
            </a>
          </li>
        ))}
      </ul>
      <h3 className={styles.section} aria-live="polite">
        {headingOf(found)}
      </h3>
      {found.problem && <p className={styles.problem}>{found.problem}</p>}
      <ul className={styles.list}>
        {found.results.map((result) => (
          <ResultView key={result.message_id} result={result} onChoose={onChoose} />
        ))}
      </ul>
      {found.nextCursor && (
        <button type="button" className={`button ${styles.more}`} onClick={found.more}>
          More results
        </button>
      )}
    </div>
  );
}

const shownTitles = 5;

const headingOf = ({ status, total }: ReturnType<typeof useSearch>): string => {
  if (status !== 'found') return status === 'searching' ? 'Searching…' : 'Not searched';
  if (total === 0) return 'No messages found';
  return total === 1 ? '1 message' : `${total} messages`;
};

interface ResultProps {
  readonly result: SearchResult;
  readonly onChoose: () => void;
}

const speakers = { system: 'System', user: 'You', assistant: 'Assistant', tool: 'Tool' } as const;

const ResultView = ({ result, onChoose }: ResultProps): React.JSX.Element => (
  <li>
    <a className={styles.result} href={routeTo(result)} onClick={onChoose}>
      <span className={styles.title}>{titleOf({ title: result.context_title })}</span>
      <time className={styles.time} dateTime={result.created_at}>
        {formatMoment(result.created_at, new Date())}
      </time>
      <span className={styles.snippet}>
        {speakers[result.role]}:{' '}
        {result.snippets.map((snippet, index) => (
          <span key={index}>
            {index > 0 && ' '}
            {markText(snippet).map((piece, place) =>
              piece.isMarked ? <mark key={place}>{piece.text}</mark> : piece.text,
            )}
          </span>
        ))}
      </span>
    </a>
  </li>
);

const routeTo = (result: SearchResult): string =>
  formatRoute({
    page: 'context',
    id: result.context_id,
    message: result.message_id,
    branch: result.branch,
  });
