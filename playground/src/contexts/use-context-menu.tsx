import { useState } from 'react';
import type { ContextMetadata } from '@pullcord/client/api';
import type { MenuItem } from '../menu/menu.js';
import { attempt, notify } from '../notices/notices.js';
import { formatRoute } from '../route/route-format.js';
import { navigate } from '../route/use-route.js';
import { fileName, type ExportFormat } from './file-format.js';
import { RenameDialog } from './rename-dialog.js';
import { saveFile } from './save-file.js';
import { titleOf } from './title-format.js';
import { useCommands, type ContextCommands } from './use-commands.js';

export interface ContextMenu {
  readonly items: readonly MenuItem[];
  /** What one of them has opened; to be drawn beside the menu. */
  readonly dialog: React.ReactNode;
}

/** The things to do with a context, wherever it is listed. */
export function useContextMenu(context: ContextMetadata): ContextMenu {
  const commands = useCommands();
  const [isRenaming, setRenaming] = useState(false);
  const { id } = context;
  const isArchived = context.state.type === 'archived';
  return {
    items: [
      { label: 'Rename', icon: 'edit', act: () => setRenaming(true) },
      {
        label: 'Generate a title',
        icon: 'retry',
        act: () => attempt('No title was asked for.', () => commands.generateTitle(id)),
      },
      isArchived
        ? {
            label: 'Restore',
            icon: 'upload',
            act: () => attempt('Not restored.', () => commands.restore(id)),
          }
        : { label: 'Archive', icon: 'archive', act: () => archive(commands, context) },
      { label: 'Delete', icon: 'bin', isDanger: true, act: () => remove(commands, context) },
    ],
    dialog: isRenaming && (
      <RenameDialog
        title={context.title}
        onClose={() => setRenaming(false)}
        onRename={(title) => attempt('Not renamed.', () => commands.rename(id, title))}
      />
    ),
  };
}

export function exportItems(commands: ContextCommands, context: ContextMetadata): readonly MenuItem[] {
  const item = (label: string, format: ExportFormat): MenuItem => ({
    label,
    icon: 'download',
    act: () =>
      attempt('Not exported.', async () =>
        saveFile(fileName(titleOf(context), format), await commands.export(context.id, format)),
      ),
  });
  return [
    item('Markdown, to read', 'markdown'),
    item('JSON, to import again', 'json'),
    item('Lines of JSON', 'jsonl'),
  ];
}

function archive(commands: ContextCommands, context: ContextMetadata): void {
  attempt('Not archived.', async () => {
    await commands.archive(context.id);
    notify(`Archived “${titleOf(context)}”.`, {
      label: 'Undo',
      act: () => attempt('Not restored.', () => commands.restore(context.id)),
    });
  });
}

function remove(commands: ContextCommands, context: ContextMetadata): void {
  const wasOpen = window.location.hash.startsWith(formatRoute({ page: 'context', id: context.id }));
  attempt('Not deleted.', async () => {
    await commands.remove(context.id);
    if (wasOpen) navigate({ page: 'home' });
    notify(`Deleted “${titleOf(context)}”.`, {
      label: 'Undo',
      act: () =>
        attempt('Not brought back.', async () => {
          await commands.undelete(context.id);
          if (wasOpen) navigate({ page: 'context', id: context.id });
        }),
    });
  });
}
