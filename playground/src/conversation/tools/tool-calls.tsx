import type { ReactNode } from 'react';
import { Fold } from '../fold.js';
import { JsonView } from '../json-view.js';
import type { Entry } from '../messages/map-to-entries.js';
import { Decision } from './decision.js';
import { durationText } from './duration-format.js';
import { mapToCalls, type CallView } from './map-to-calls.js';
import { usePendingCalls } from './use-pending-calls.js';
import styles from './tools.module.css';

/** Calls of tools, each with what it is called with and what came of it, and the question whether it may be made. */
export function ToolCalls({ entry }: { readonly entry: Entry }): ReactNode {
  const pending = usePendingCalls();
  return mapToCalls(entry.view, entry.results).map((call) => (
    <div key={call.id}>
      <CallFold call={call} isPending={pending.has(call.id)} />
      {pending.has(call.id) && (
        <Decision callId={call.id} question={`May ${call.name} be called?`} canRemember />
      )}
    </div>
  ));
}

const statusWords = {
  pending: 'asked for',
  running: 'running…',
  success: 'done',
  failed: 'failed',
  timeout: 'timed out',
  cancelled: 'cancelled',
  denied: 'not made',
} as const;

function CallFold({ call, isPending }: { readonly call: CallView; readonly isPending: boolean }): ReactNode {
  const time = call.durationMs ? ` · ${durationText(call.durationMs)}` : '';
  const note = isPending ? 'waits for you' : `${statusWords[call.status]}${time}`;
  return (
    <Fold
      title={call.name}
      note={<CallStatus status={isPending ? 'pending' : call.status} text={note} />}
      isOpen={isPending}
    >
      {call.server && <p className="quiet">On the MCP server {call.server}.</p>}
      <JsonView label="Arguments" value={call.arguments} />
      {call.result !== undefined && <JsonView label="Result" value={call.result} />}
      {call.error && <p className={styles.error}>{call.error}</p>}
    </Fold>
  );
}

const CallStatus = ({
  status,
  text,
}: {
  readonly status: CallView['status'];
  readonly text: string;
}): ReactNode => (
  <span className={styles.status} data-status={status}>
    {text}
  </span>
);
