import { useContextView } from '@pullcord/client/react';
import type { ContextMetadata } from '@pullcord/client/api';
import { titleOf } from '../contexts/title-format.js';
import { describeState } from '../contexts/state-format.js';
import { useCommands } from '../contexts/use-commands.js';
import { exportItems, useContextMenu } from '../contexts/use-context-menu.js';
import { Menu } from '../menu/menu.js';
import { Icon } from '../style/icon.js';
import { ModelPicker, ModePicker } from './model-picker.js';
import styles from './header.module.css';

/** What stands above a conversation: its title, who answers in it, and what can be done with the whole of it. */
export function ContextHeader({ id }: { readonly id: string }): React.JSX.Element {
  const { metadata } = useContextView(id);
  return metadata ? (
    <LoadedHeader context={metadata} />
  ) : (
    <h1 className={`${styles.title} ${styles.alone}`}>Conversation</h1>
  );
}

function LoadedHeader({ context }: { readonly context: ContextMetadata }): React.JSX.Element {
  const commands = useCommands();
  const { items, dialog } = useContextMenu(context);
  const { label, tone } = describeState(context.state);
  return (
    <>
      <h1 className={styles.title} title={titleOf(context)}>
        {titleOf(context)}
      </h1>
      {tone !== 'calm' && <span className={`${styles.state} ${styles[tone]}`}>{label}</span>}
      <Menu label="More about this conversation" className="sign" items={items}>
        <Icon name="more" />
      </Menu>
      <div className={styles.choices}>
        <ModelPicker context={context} />
        <ModePicker context={context} />
        <Menu label="Export" className={`button ${styles.export}`} items={exportItems(commands, context)}>
          <Icon name="download" />
          <span className={styles.words}>Export</span>
        </Menu>
      </div>
      {dialog}
    </>
  );
}
