import type { ContextView } from '@pullcord/client';
import { useState, type ReactNode } from 'react';
import { Icon } from '../../style/icon.js';
import { useCommands } from '../commands.js';

/** Stops the answer that the reader sees, and not what comes up behind it: that is another press, once it is seen. */
export function StopButton({ view }: { readonly view: ContextView }): ReactNode {
  const { live, allows, ask } = useCommands();
  const [isAsked, setAsked] = useState(false);
  const [stoppedAt, setStoppedAt] = useState(0);
  if (!allows('cancel')) return null;
  const isSeen = (view.metadata?.revision ?? 0) >= stoppedAt;
  const stop = async (): Promise<void> => {
    setAsked(true);
    await ask(async () => setStoppedAt((await live.cancel(runOf(view))).revision));
    setAsked(false);
  };
  return (
    <button type="button" className="button" disabled={isAsked || !isSeen} onClick={() => void stop()}>
      <Icon name="stop" />
      <span>Stop</span>
    </button>
  );
}

/** The run whose answer is streaming. What else is under way is not known by its run. */
function runOf({ metadata, messages }: ContextView): string | undefined {
  const { state } = metadata ?? {};
  if (state?.type !== 'streaming_response') return undefined;
  return messages.find(({ message }) => message.id === state.message_id)?.message.metadata.run_id;
}
