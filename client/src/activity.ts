import { tellEach } from './live-value.js';
import { problemOf } from './problem.js';
import type { Activity, Pull } from './views.js';

export type ActivityListener = (activity: Activity) => void;

/** To be called when a pull is over: where its cursor stands now, and how many messages or chunks came. */
export type PullEnded = (to: number, count: number, error?: unknown) => void;

/** Tells what the library does to whoever wants to know. */
export interface Activities {
  listen(listener: ActivityListener): () => void;
  tell(activity: Activity): void;
  pullStarted(facts: Omit<Pull, 'pull'>): PullEnded;
}

export function createActivities(): Activities {
  const listeners = new Set<{ readonly call: ActivityListener }>();
  let pulls = 0;
  const tell = (activity: Activity): void => tellEach(listeners, ({ call }) => call(activity));
  return {
    tell,
    listen(listener) {
      const entry = { call: listener };
      listeners.add(entry);
      return () => void listeners.delete(entry);
    },
    pullStarted(facts) {
      const pull = { pull: ++pulls, ...facts };
      const began = Date.now();
      tell({ type: 'pull_started', at: began, ...pull });
      return (to, count, error) => {
        const at = Date.now();
        const milliseconds = at - began;
        tell({ type: 'pull_ended', at, to, count, milliseconds, ...problemIn(error), ...pull });
      };
    },
  };
}

/** To be spread: nothing when nothing went wrong. */
export const problemIn = (error: unknown) => (error === undefined ? {} : { problem: problemOf(error) });
