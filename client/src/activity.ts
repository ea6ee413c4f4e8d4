import { tellEach } from './live-value.js';
import { problemOf } from './problem.js';
import type { Activity, Pull } from './views.js';

export type ActivityListener = (activity: Activity) => void;

/** To be called when a pull is over: where its cursor stands now, and how many messages or chunks came. */
export type PullEnded = (to: number, count: number, error?: unknown) => void;

/** Tells what the library does to whoever wants to know. */
export class Activities {
  private readonly listeners = new Set<{ readonly call: ActivityListener }>();
  private pulls = 0;

  readonly listen = (listener: ActivityListener): (() => void) => {
    const entry = { call: listener };
    this.listeners.add(entry);
    return () => void this.listeners.delete(entry);
  };

  tell(activity: Activity): void {
    tellEach(this.listeners, ({ call }) => call(activity));
  }

  pullStarted(facts: Omit<Pull, 'pull'>): PullEnded {
    const pull = { pull: ++this.pulls, ...facts };
    const began = Date.now();
    this.tell({ type: 'pull_started', at: began, ...pull });
    return (to, count, error) => {
      const at = Date.now();
      const milliseconds = at - began;
      this.tell({ type: 'pull_ended', at, to, count, milliseconds, ...problemIn(error), ...pull });
    };
  }

  command(contextId: string, action: string, error?: unknown): void {
    this.tell({ type: 'command', at: Date.now(), contextId, action, ...problemIn(error) });
  }
}

const problemIn = (error: unknown) => (error === undefined ? {} : { problem: problemOf(error) });
