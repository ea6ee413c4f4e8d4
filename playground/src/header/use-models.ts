import { useEffect, useState } from 'react';
import { getWelcome, listModels, type Model } from '@pullcord/client/api';
import { usePullcord } from '@pullcord/client/react';
import { notifyProblem } from '../notices/notices.js';

export interface ModelChoice {
  readonly models: readonly Model[];
  /** What answers where a context names none; undefined until it is known. */
  readonly defaultModel?: string;
}

const none: ModelChoice = { models: [] };

/** The models that there are, asked for once per server and caller. */
export function useModels(): ModelChoice {
  const { api: client } = usePullcord();
  const [choice, setChoice] = useState(none);
  useEffect(() => {
    const abort = new AbortController();
    const call = { client, signal: abort.signal } as const;
    Promise.all([listModels(call), getWelcome({ ...call, headers: { Accept: 'application/json' } })])
      .then(([models, welcome]) =>
        setChoice({ models: models.data.data, defaultModel: welcome.data.default_model }),
      )
      .catch((error: unknown) => {
        if (!abort.signal.aborted) notifyProblem('The models are not known.', error);
      });
    return () => abort.abort();
  }, [client]);
  return choice;
}
