import type { Live } from '../views.js';

/** What can be followed: `start` gives the function that ends it. */
export interface Followable {
  start(): () => void;
}

/** Works while somebody looks, and `lingerMs` longer: who leaves often comes back at once. */
export class Attention {
  private watchers = 0;
  private stop: (() => void) | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly followed: Followable,
    private readonly lingerMs: number,
  ) {}

  /** The view, which is kept true for as long as somebody subscribes. */
  live<View>({ getView, subscribe }: Live<View>): Live<View> {
    return {
      getView,
      subscribe: (listener) => {
        const stopTelling = subscribe(listener);
        const lookAway = this.pay();
        return () => {
          stopTelling();
          lookAway();
        };
      },
    };
  }

  /** At once, whoever looks. */
  end(): void {
    clearTimeout(this.timer);
    const stop = this.stop;
    this.stop = undefined;
    stop?.();
  }

  private pay(): () => void {
    clearTimeout(this.timer);
    this.watchers++;
    this.stop ??= this.followed.start();
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      if (--this.watchers === 0) this.timer = setTimeout(() => this.end(), this.lingerMs);
    };
  }
}
