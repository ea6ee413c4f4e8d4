import { PullcordError, type LiveContext } from '@pullcord/client';
import { createContext, useCallback, useContext, useMemo, useState } from 'react';

/** What the parts of a conversation may ask of it. */
export interface Commands {
  readonly live: LiveContext;
  /** What the server would not refuse now. */
  readonly allows: (action: string) => boolean;
  /** Asks, and shows a refusal to the reader. Whether it was granted. */
  readonly ask: (command: () => Promise<unknown>) => Promise<boolean>;
}

export interface AskedCommands extends Commands {
  /** Why the last one was refused. */
  readonly refusal?: string;
  readonly dismiss: () => void;
}

const CommandsContext = createContext<Commands | undefined>(undefined);
export const CommandsProvider = CommandsContext.Provider;

export function useCommands(): Commands {
  const commands = useContext(CommandsContext);
  if (!commands) throw new Error('There is no conversation around this part of one.');
  return commands;
}

/** The commands of a conversation; the same object until what is allowed changes. */
export function useOwnCommands(live: LiveContext, allowedActions: readonly string[]): AskedCommands {
  const [refusal, setRefusal] = useState<string>();
  const ask = useCallback(async (command: () => Promise<unknown>): Promise<boolean> => {
    setRefusal(undefined);
    try {
      await command();
      return true;
    } catch (error) {
      setRefusal(toRefusal(error));
      return false;
    }
  }, []);
  const dismiss = useCallback(() => setRefusal(undefined), []);
  const actions = allowedActions.join();
  return useMemo(() => {
    const allowed = new Set(actions.split(','));
    return { live, allows: (action) => allowed.has(action), ask, refusal, dismiss };
  }, [live, actions, ask, refusal, dismiss]);
}

/** What the server or the network said; anything else is a mistake of this page, and not to be hidden. */
function toRefusal(error: unknown): string {
  if (error instanceof PullcordError) return error.problem.detail;
  throw error;
}
