import type { Pullcord } from '@pullcord/client';
import type { ContextMetadata } from '@pullcord/client/api';
import { attempt } from '../notices/notices.js';
import { navigate } from '../route/use-route.js';

export interface Travel {
  /** Makes a conversation and opens it. */
  readonly begin: () => void;
  /** Opens the conversation that stands so many below the open one; stays where there is none. */
  readonly step: (by: number) => void;
}

export function useTravel(
  pullcord: Pullcord,
  contexts: readonly ContextMetadata[],
  openId: string | undefined,
): Travel {
  return {
    begin: () =>
      attempt('No conversation was begun.', async () => {
        const { id } = await pullcord.createContext();
        navigate({ page: 'context', id });
      }),
    step: (by) => {
      const context = contexts[contexts.findIndex(({ id }) => id === openId) + by];
      if (context) navigate({ page: 'context', id: context.id });
    },
  };
}
