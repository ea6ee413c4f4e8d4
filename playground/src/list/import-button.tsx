import { useRef } from 'react';
import { useCommands } from '../contexts/use-commands.js';
import { attempt, notify } from '../notices/notices.js';
import { navigate } from '../route/use-route.js';
import { Icon } from '../style/icon.js';

/** Takes in a file that an export has made. */
export function ImportButton(): React.JSX.Element {
  const field = useRef<HTMLInputElement>(null);
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
    <>
      <input
        ref={field}
        type="file"
        hidden
        accept=".json,.jsonl,.ndjson,.zip"
        aria-label="File to import"
        onChange={({ target }) => {
          const file = target.files?.[0];
          // The same file again is a choice again.
          target.value = '';
          if (file) take(file);
        }}
      />
      <button
        type="button"
        className="sign"
        aria-label="Import"
        title="Import"
        onClick={() => field.current?.click()}
      >
        <Icon name="upload" />
      </button>
    </>
  );
}
