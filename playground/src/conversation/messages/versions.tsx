import type { ReactNode } from 'react';
import { Icon, type IconName } from '../../style/icon.js';
import { useCommands } from '../commands.js';
import type { Siblings } from './map-to-entries.js';
import styles from './message-actions.module.css';

/** Which version of a message this is, and the way to the others. */
export function Versions({
  siblings: { position, alternatives },
}: {
  readonly siblings: Siblings;
}): ReactNode {
  return (
    <span className={styles.versions} role="group" aria-label="Versions">
      <Turn label="Previous version" icon="left" branch={alternatives[position - 2]?.branch} />
      <span>{`${position} / ${alternatives.length}`}</span>
      <Turn label="Next version" icon="right" branch={alternatives[position]?.branch} />
    </span>
  );
}

interface TurnProps {
  readonly label: string;
  readonly icon: IconName;
  /** Undefined at an end. */
  readonly branch: string | undefined;
}

function Turn({ label, icon, branch }: TurnProps): ReactNode {
  const { live, allows, ask } = useCommands();
  const turn = (): void => {
    if (branch) void ask(() => live.switchBranch(branch));
  };
  return (
    <button
      type="button"
      className="sign"
      aria-label={label}
      title={label}
      disabled={!branch || !allows('switch_branch')}
      onClick={turn}
    >
      <Icon name={icon} />
    </button>
  );
}
