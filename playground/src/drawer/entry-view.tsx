import { memo } from 'react';
import { Icon, type IconName } from '../style/icon.js';
import { clock, describeEntry } from './entry-format.js';
import type { Entry } from './entry-state.js';
import styles from './drawer.module.css';

const icons: Readonly<Record<Entry['type'], IconName>> = {
  signal: 'signals',
  pull: 'pull',
  connection: 'screen',
  command: 'send',
};
const kinds: Readonly<Record<Entry['type'], string>> = {
  signal: 'Signal',
  pull: 'Pull',
  connection: 'Connection',
  command: 'Command',
};

/** A line; drawn again only when it has grown. */
export const EntryView = memo(({ entry, title }: { readonly entry: Entry; readonly title: string }) => {
  const { what, where, problem } = describeEntry(entry);
  return (
    <li className={`${styles.entry} ${styles[entry.type]}`}>
      <span className={styles.mark} title={kinds[entry.type]}>
        <Icon name={icons[entry.type]} />
        <span className="heard">{kinds[entry.type]}</span>
      </span>
      <span className={styles.what}>
        {what}
        {entry.count > 1 && <span className={styles.count}> ×{entry.count}</span>}
      </span>
      <time className={styles.time}>{clock(entry.at)}</time>
      <span className={styles.where}>
        {where}
        {title && ` · ${title}`}
      </span>
      {problem && <span className={styles.problem}>{problem}</span>}
    </li>
  );
});
