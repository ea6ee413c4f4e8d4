import type { ReactNode } from 'react';
import { useCommands } from '../commands.js';
import { usePendingCalls } from './use-pending-calls.js';

/** All calls that wait, decided at once; one alone has its own buttons. */
export function PendingBar(): ReactNode {
  const { live, ask, allows } = useCommands();
  const pending = [...usePendingCalls()];
  if (pending.length < 2) return null;
  const decide = (decision: 'approve' | 'deny') => (): void =>
    void ask(() => live.approve(pending.map((id) => ({ tool_call_id: id, decision }))));
  return (
    <>
      <button
        type="button"
        className="button"
        disabled={!allows('approve_tools')}
        onClick={decide('approve')}
      >
        Allow all {pending.length}
      </button>
      <button type="button" className="button" disabled={!allows('approve_tools')} onClick={decide('deny')}>
        Refuse all
      </button>
    </>
  );
}
