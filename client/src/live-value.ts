import type { Live } from './views.js';

/** A view that is replaced as a whole, and those who follow it. */
export class LiveValue<View> implements Live<View> {
  private readonly listeners = new Set<{ readonly call: (view: View) => void }>();

  constructor(private view: View) {}

  readonly getView = (): View => this.view;

  readonly subscribe = (listener: (view: View) => void): (() => void) => {
    // Boxed, so that one function may follow twice and stop once.
    const entry = { call: listener };
    this.listeners.add(entry);
    return () => void this.listeners.delete(entry);
  };

  /** Tells everybody, unless it is the very view that there is. */
  set(view: View): void {
    if (view === this.view) return;
    this.view = view;
    tellEach(this.listeners, ({ call }) => call(view));
  }
}

/** Tells each of those who listen now. What one of them throws is the page's to see, and keeps it from nobody else. */
export function tellEach<Listener>(listeners: Iterable<Listener>, tell: (listener: Listener) => void): void {
  for (const listener of [...listeners]) {
    try {
      tell(listener);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
