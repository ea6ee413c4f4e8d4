import { useCommands } from '../contexts/use-commands.js';
import { FileButton } from '../menu/file-button.js';
import { attempt, notify } from '../notices/notices.js';
import { navigate } from '../route/use-route.js';

/** Takes in a file that an export has made. */
export function ImportButton(): React.JSX.Element {
  const commands = useCommands();
  const take = (file: File): void =>
    attempt('Not imported.', async () => {
      const { contexts, errors } = await commands.import(file);
      const [first] = contexts;
      const refused = errors[0] ? ` Left out: ${errors[0].message}` : '';
      notify(
        `Imported ${contexts.length === 1 ? 'a conversation' : `${contexts.length} conversations`}.${refused}`,
      );
      if (first) navigate({ page: 'context', id: first.id });
    });
  return (
    <FileButton
      icon="upload"
      label="Import"
      accept=".json,.jsonl,.ndjson,.zip"
      onPick={([file]) => file && take(file)}
    />
  );
}
