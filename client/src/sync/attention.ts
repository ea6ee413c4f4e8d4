import type { Live } from '../views.js';

/** What can be followed: `start` gives the function that ends it. */
export interface Followable {
  start(): () => void;
}

export interface Attended<View> extends Live<View> {
  /** At once, whoever looks. */
  close(): void;
}

/** A view that is kept true while somebody subscribes, and `lingerMs` longer: who leaves often comes back at once. */
export function attended<View>(live: Live<View>, followed: Followable, lingerMs: number): Attended<View> {
  let watchers = 0;
  let stop: (() => void) | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const close = (): void => {
    clearTimeout(timer);
    stop?.();
    stop = undefined;
  };
  return {
    getView: live.getView,
    subscribe(listener) {
      clearTimeout(timer);
      watchers++;
      const stopTelling = live.subscribe(listener);
      stop ??= followed.start();
      let isOver = false;
      return () => {
        if (isOver) return;
        isOver = true;
        stopTelling();
        if (--watchers === 0) timer = setTimeout(close, lingerMs);
      };
    },
    close,
  };
}
