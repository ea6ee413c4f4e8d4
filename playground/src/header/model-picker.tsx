import type { ContextMetadata } from '@pullcord/client/api';
import { useCommands } from '../contexts/use-commands.js';
import { attempt } from '../notices/notices.js';
import { groupModels } from './model-groups.js';
import styles from './header.module.css';
import { useModels } from './use-models.js';

export interface PickerProps {
  readonly context: ContextMetadata;
}

/** Which model answers from the next message on. */
export function ModelPicker({ context: { id, model } }: PickerProps): React.JSX.Element {
  const { models, defaultModel } = useModels();
  const commands = useCommands();
  return (
    <select
      className={`field ${styles.picker}`}
      aria-label="Model"
      value={model ?? ''}
      onChange={({ target }) =>
        attempt('The model stays.', () => commands.setModel(id, target.value || null))
      }
    >
      <option value="">{defaultModel ? `${defaultModel} (default)` : 'Default'}</option>
      {groupModels(models, model).map(({ provider, ids }) => (
        <optgroup key={provider} label={provider}>
          {ids.map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </optgroup>
      ))}
    </select>
  );
}

/** Those that every server has; an operator's own are shown once a context has one. */
const modes: readonly string[] = ['chat', 'plan', 'act'];

export function ModePicker({ context: { id, mode } }: PickerProps): React.JSX.Element {
  const commands = useCommands();
  const shown = mode === null || modes.includes(mode) ? modes : [...modes, mode];
  return (
    <select
      className={`field ${styles.mode}`}
      aria-label="Mode"
      value={mode ?? ''}
      onChange={({ target }) => attempt('The mode stays.', () => commands.setMode(id, target.value || null))}
    >
      <option value="">No mode</option>
      {shown.map((each) => (
        <option key={each} value={each}>
          {each}
        </option>
      ))}
    </select>
  );
}
