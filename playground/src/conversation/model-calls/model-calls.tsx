import type { ReactNode } from 'react';
import { useCommands } from '../commands.js';
import styles from '../tools/tools.module.css';
import { useModelCalls } from './use-model-calls.js';

const purposes = {
  answer: 'answer',
  title: 'find a title',
  summary: 'write a summary',
  workflow: 'do a step of a workflow',
  gateway: 'answer a program',
} as const;

/** Calls to models that are made only when the reader agrees. */
export function ModelCalls(): ReactNode {
  const { live, ask } = useCommands();
  const { calls, decide } = useModelCalls(live.id);
  return calls.map((call) => (
    <div key={call.id} role="group" aria-label="A call to a model" className={styles.decision}>
      <p>
        May {call.model} be asked to {purposes[call.purpose] ?? call.purpose}?
      </p>
      <div className={styles.buttons}>
        <button type="button" className="button primary" onClick={() => void ask(() => decide(call, true))}>
          Approve
        </button>
        <button type="button" className="button" onClick={() => void ask(() => decide(call, false))}>
          Deny
        </button>
      </div>
    </div>
  ));
}
