import type { ReactNode } from 'react';
import { CopyButton } from '../copy-button.js';
import styles from './code-block.module.css';

interface CodeBlockProps {
  readonly code: string;
  /** What stands behind the fence. */
  readonly language?: string;
}

export const CodeBlock = ({ code, language }: CodeBlockProps): ReactNode => {
  const name = language?.trim().split(/\s/)[0];
  return (
    <figure className={styles.block}>
      <figcaption>
        <span>{name || 'text'}</span>
        <CopyButton text={code} label="Copy code" />
      </figcaption>
      <pre tabIndex={0} aria-label={name ? `Code: ${name}` : 'Code'}>
        <code>{code}</code>
      </pre>
    </figure>
  );
};
