import { Icon } from '../style/icon.js';
import { dismiss, useNotices, type Notice } from './notices.js';
import styles from './notices.module.css';

export function NoticeList(): React.JSX.Element {
  return (
    <div className={styles.notices} aria-live="polite">
      {useNotices().map((notice) => (
        <NoticeView key={notice.id} notice={notice} />
      ))}
    </div>
  );
}

function NoticeView({
  notice: { id, text, isProblem, action },
}: {
  readonly notice: Notice;
}): React.JSX.Element {
  return (
    <div className={`${styles.notice} ${isProblem ? styles.problem : ''}`}>
      <p>{text}</p>
      {action && (
        <button
          type="button"
          className={styles.action}
          onClick={() => {
            dismiss(id);
            action.act();
          }}
        >
          {action.label}
        </button>
      )}
      <button type="button" className="sign" aria-label="Dismiss" onClick={() => dismiss(id)}>
        <Icon name="close" />
      </button>
    </div>
  );
}
