import { tellEach } from './live-value.js';
import type { Activity } from './views.js';

export type ActivityListener = (activity: Activity) => void;

/** Tells what the library does to whoever wants to know; costs nothing while nobody does. */
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

  /** A number for the next pull. */
  nextPull(): number {
    return ++this.pulls;
  }
}
