import type { ReactNode } from 'react';
import { FileButton } from '../../menu/file-button.js';
import { Icon } from '../../style/icon.js';
import type { Attachments } from './use-attachments.js';
import styles from './composer.module.css';

export const AttachButton = ({ onPick }: { readonly onPick: Attachments['add'] }): ReactNode => (
  <FileButton icon="attach" label="Attach files" isForMany onPick={onPick} />
);

export function AttachmentList({
  attachments: { uploads, remove },
}: {
  readonly attachments: Attachments;
}): ReactNode {
  if (uploads.length === 0) return null;
  return (
    <ul className={styles.attachments} aria-label="Attachments">
      {uploads.map(({ key, name, attachment, problem }) => (
        <li key={key} data-problem={problem !== undefined}>
          <span className={styles.name}>{name}</span>
          {!attachment && <span className={styles.fate}>{problem ?? 'Sending…'}</span>}
          <button type="button" className="sign" aria-label={`Leave out ${name}`} onClick={() => remove(key)}>
            <Icon name="close" />
          </button>
        </li>
      ))}
    </ul>
  );
}
