import { useRef, type ReactNode } from 'react';
import { Icon } from '../../style/icon.js';
import type { Attachments } from './use-attachments.js';
import styles from './composer.module.css';

export function AttachButton({ onPick }: { readonly onPick: Attachments['add'] }): ReactNode {
  const picker = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        className="sign"
        aria-label="Attach files"
        title="Attach files"
        onClick={() => picker.current?.click()}
      >
        <Icon name="attach" />
      </button>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          onPick([...(event.target.files ?? [])]);
          // The same file can be chosen once more.
          event.target.value = '';
        }}
      />
    </>
  );
}

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
