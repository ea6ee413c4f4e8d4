import { useId, useState, type ReactNode } from 'react';
import { useCommands } from '../commands.js';
import styles from './tools.module.css';

interface DecisionProps {
  readonly callId: string;
  readonly question: string;
  /** Whether the same can be decided for all later calls. */
  readonly canRemember: boolean;
}

/** Whether a call may be made. A reason is for the model to read, when it is denied. */
export function Decision({ callId, question, canRemember }: DecisionProps): ReactNode {
  const { live, allows, ask } = useCommands();
  const [reason, setReason] = useState('');
  const [isRemembered, setRemembered] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const label = useId();
  const decide = async (decision: 'approve' | 'deny'): Promise<void> => {
    setAsking(true);
    const why = decision === 'deny' && reason.trim() !== '' ? { reason: reason.trim() } : {};
    const remember = isRemembered ? { remember: true } : {};
    await ask(() => live.approve([{ tool_call_id: callId, decision, ...why, ...remember }]));
    setAsking(false);
  };
  const isDisabled = isAsking || !allows('approve_tools');
  return (
    <div role="group" aria-labelledby={label} className={styles.decision}>
      <p id={label}>{question}</p>
      <div className={styles.buttons}>
        <button
          type="button"
          className="button primary"
          disabled={isDisabled}
          onClick={() => void decide('approve')}
        >
          Approve
        </button>
        <button type="button" className="button" disabled={isDisabled} onClick={() => void decide('deny')}>
          Deny
        </button>
        <input
          className={`field ${styles.reason}`}
          aria-label="Reason for denying"
          placeholder="Why not (for the model to read)"
          maxLength={1000}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </div>
      {canRemember && (
        <label className={styles.remember}>
          <input
            type="checkbox"
            checked={isRemembered}
            onChange={(event) => setRemembered(event.target.checked)}
          />
          Decide the same for this tool from now on
        </label>
      )}
    </div>
  );
}
