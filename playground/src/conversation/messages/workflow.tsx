import type { MessageView } from '@pullcord/client';
import type { ReactNode } from 'react';
import { Fold } from '../fold.js';
import { JsonView } from '../json-view.js';
import { Decision } from '../tools/decision.js';
import { usePendingCalls } from '../tools/use-pending-calls.js';
import styles from './note-kinds.module.css';

type WorkflowData = Extract<MessageView['message'], { readonly kind: 'workflow_execution' }>['data'];

/** How far a workflow is, what it asks, and what came of it. */
export function Workflow({ data }: { readonly data: WorkflowData }): ReactNode {
  const pending = usePendingCalls();
  const questions = data.approvals?.filter(({ tool_call_id }) => pending.has(tool_call_id)) ?? [];
  return (
    <>
      <Fold
        title={data.workflow_name}
        note={`${data.workflow_status} · ${data.completed_steps} of ${data.total_steps}`}
      >
        <progress
          className={styles.bar}
          max={Math.max(data.total_steps, 1)}
          value={data.completed_steps}
          aria-label="Steps done"
        />
        {data.current_step && <p className={styles.note}>Now: {data.current_step}</p>}
        {data.error && <p className={styles.problem}>{data.error}</p>}
        {data.result !== undefined && <JsonView label="Result" value={data.result} />}
      </Fold>
      {questions.map(({ tool_call_id, question }) => (
        <Decision key={tool_call_id} callId={tool_call_id} question={question} canRemember={false} />
      ))}
    </>
  );
}
