import styles from './list.module.css';

/** A lamp and its cord, and the name; it leads home. */
export const Brand = (): React.JSX.Element => (
  <a className={styles.brand} href="#/">
    <svg width="20" height="20" viewBox="0 0 20 20" fill="none" strokeLinecap="round" aria-hidden="true">
      <path d="M4 9.5C4 6 6.5 3.5 10 3.5s6 2.5 6 6z" fill="var(--signal-mark)" />
      <path d="M10 1.5v2M13 9.5v6" stroke="var(--text)" strokeWidth="1.5" />
      <circle cx="13" cy="17" r="1.7" fill="var(--pull-mark)" />
    </svg>
    Pullcord
  </a>
);
