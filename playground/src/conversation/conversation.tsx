import type { ContextView } from '@pullcord/client';
import { useContextView, usePullcord } from '@pullcord/client/react';
import { useMemo, type ReactNode } from 'react';
import { CommandsProvider, useOwnCommands, type AskedCommands } from './commands.js';
import { Composer } from './composer/composer.js';
import { MessageLog } from './log/message-log.js';
import { ModelCalls } from './model-calls/model-calls.js';
import { OtherBranch } from './other-branch.js';
import { Refusal } from './refusal.js';
import { StateLine } from './state-line.js';
import { PendingProvider, pendingCalls } from './tools/use-pending-calls.js';
import { Unready } from './unready.js';
import styles from './conversation.module.css';

/** The open conversation: its messages and the field to write in. It fills its place, and scrolls within. */
export function Conversation({ id }: { readonly id: string }): ReactNode {
  const live = usePullcord().context(id);
  const view = useContextView(id);
  const commands = useOwnCommands(live, view.allowedActions);
  return (
    <section aria-label="Conversation" className={styles.conversation}>
      {view.metadata && view.status !== 'missing' ? (
        <CommandsProvider value={commands}>
          <Open view={view} state={view.metadata.state} commands={commands} />
        </CommandsProvider>
      ) : (
        <Unready view={view} onTryAgain={() => void commands.ask(() => live.refresh())} />
      )}
    </section>
  );
}

interface OpenProps {
  readonly view: ContextView;
  readonly state: NonNullable<ContextView['metadata']>['state'];
  readonly commands: AskedCommands;
}

function Open({ view, state, commands }: OpenProps): ReactNode {
  const ids = pendingCalls(view.metadata).join('\n');
  const pending = useMemo(() => new Set(ids === '' ? [] : ids.split('\n')), [ids]);
  const isWaiting = pending.size > 0;
  return (
    <PendingProvider value={pending}>
      <MessageLog view={view} />
      <div className={styles.foot}>
        <ModelCalls />
        <StateLine state={state} />
        <OtherBranch view={view} />
        {view.problem && <p className={styles.problem}>{view.problem.detail}</p>}
        {commands.refusal && <Refusal text={commands.refusal} onDismiss={commands.dismiss} />}
        {state.type !== 'archived' && (
          <Composer
            view={view}
            placeholder={isWaiting ? 'Write instead of deciding: nothing is called then' : 'Write a message'}
          />
        )}
      </div>
    </PendingProvider>
  );
}
