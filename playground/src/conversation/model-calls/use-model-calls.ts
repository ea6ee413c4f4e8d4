import { PullcordError, type Pullcord } from '@pullcord/client';
import {
  approveModelCall,
  denyModelCall,
  listModelCalls,
  type ModelCall,
  type ModelCallList,
} from '@pullcord/client/api';
import { usePullcord } from '@pullcord/client/react';
import { useCallback, useEffect, useState } from 'react';

/** No signal tells of a call that waits, so where calls may wait they are asked for this often. */
const pollMs = 2000;

export interface WaitingCalls {
  readonly calls: readonly ModelCall[];
  readonly decide: (call: ModelCall, isApproved: boolean) => Promise<void>;
}

/** The calls to models that wait for the reader's approval in this context; asked for once where none ever waits. */
export function useModelCalls(contextId: string): WaitingCalls {
  const { api } = usePullcord();
  const [calls, setCalls] = useState<readonly ModelCall[]>([]);

  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async (): Promise<void> => {
      const list = await listOrNothing(api, abort.signal);
      if (abort.signal.aborted) return;
      if (list) setCalls(list.model_calls.filter(({ context_id }) => context_id === contextId));
      // A failure says nothing about whether calls wait here.
      if (list?.approval !== 'automatic') timer = setTimeout(() => void look(), pollMs);
    };
    void look();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [api, contextId]);

  const decide = useCallback(
    async ({ id }: ModelCall, isApproved: boolean) => {
      const call = isApproved ? approveModelCall : denyModelCall;
      await call({ client: api, path: { model_call_id: id } });
      setCalls((all) => all.filter((other) => other.id !== id));
    },
    [api],
  );
  return { calls, decide };
}

/** Undefined while the server cannot be reached; the line about the connection says so. */
async function listOrNothing(
  client: Pullcord['api'],
  signal: AbortSignal,
): Promise<ModelCallList | undefined> {
  try {
    return (await listModelCalls({ client, signal })).data;
  } catch (error) {
    if (error instanceof PullcordError || signal.aborted) return undefined;
    throw error;
  }
}
