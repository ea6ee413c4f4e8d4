import type { ContextView } from '@pullcord/client';
import { createContext, useContext } from 'react';

const nothing: ReadonlySet<string> = new Set();
const PendingContext = createContext(nothing);
export const PendingProvider = PendingContext.Provider;

/** The ids of the calls about which the reader is to decide. */
export const usePendingCalls = (): ReadonlySet<string> => useContext(PendingContext);

/** What the state of a context says of them, in its order. Pure. */
export function pendingCalls(metadata: ContextView['metadata']): readonly string[] {
  const state = metadata?.state;
  if (state?.type !== 'awaiting_user' || state.reason !== 'tool_approval') return [];
  return (state.pending ?? []).map(({ tool_call_id }) => tool_call_id);
}
