import { memo, useEffect, useRef } from 'react';
import type { ContextMetadata } from '@pullcord/client/api';
import { formatMoment } from '../contexts/moment-format.js';
import { describeState } from '../contexts/state-format.js';
import { titleOf } from '../contexts/title-format.js';
import { useContextMenu } from '../contexts/use-context-menu.js';
import { Menu } from '../menu/menu.js';
import { formatRoute } from '../route/route-format.js';
import { Icon } from '../style/icon.js';
import styles from './list.module.css';

export interface ContextItemProps {
  readonly context: ContextMetadata;
  readonly isOpen: boolean;
  readonly onChoose: () => void;
}

export const ContextItem = memo(({ context, isOpen, onChoose }: ContextItemProps) => {
  const { items, dialog } = useContextMenu(context);
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isOpen) item.current?.scrollIntoView({ block: 'nearest' });
  }, [isOpen]);
  const title = titleOf(context);
  return (
    <li ref={item} className={styles.item} data-context={context.id}>
      <a
        className={styles.link}
        href={formatRoute({ page: 'context', id: context.id })}
        aria-current={isOpen ? 'page' : undefined}
        onClick={onChoose}
      >
        <StateDot context={context} />
        <span className={styles.title}>{title}</span>
        <time className={styles.time} dateTime={context.updated_at}>
          {formatMoment(context.updated_at, new Date())}
        </time>
      </a>
      <Menu label={`More about ${title}`} className={`sign ${styles.menu}`} items={items}>
        <Icon name="more" />
      </Menu>
      {dialog}
    </li>
  );
});

function StateDot({ context }: { readonly context: ContextMetadata }): React.JSX.Element {
  const { label, tone } = describeState(context.state);
  return (
    <span className={`${styles.dot} ${styles[tone]}`} title={label}>
      {tone !== 'calm' && <span className="heard">{label}: </span>}
    </span>
  );
}
