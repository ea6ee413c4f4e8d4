import type { Signal } from '../generated/types.gen.js';
import { networkProblem, problemOf, PullcordError, type Problem } from '../problem.js';
import type { Settings } from '../settings.js';
import { readStream, StreamRefused } from './read-stream.js';

/** `ended`: as the server meant it, its age had come or it is about to stop. */
export type StreamEnd =
  | { readonly type: 'ended' }
  | { readonly type: 'broken'; readonly problem: Problem }
  | { readonly type: 'refused'; readonly problem: Problem; readonly retryAfterMs: number };

export interface StreamEvents {
  opened(): void;
  signal(signal: Signal): void;
}

/**
 * One connection, from the request to its end. It always ends: by the server, by the network, by `cut`, or by silence,
 * since a network may swallow a connection without a word. Once it has ended it tells of nothing more.
 */
export class StreamAttempt {
  /** When the stream began; undefined until it has. */
  openedAt: number | undefined;
  /** What the server asked to wait before the next connection, in milliseconds. */
  retryMs: number | undefined;
  private readonly startedAt = Date.now();
  private heardAt = this.startedAt;
  private readonly abort = new AbortController();

  constructor(
    private readonly settings: Settings,
    private readonly events: StreamEvents,
  ) {}

  async run(): Promise<StreamEnd> {
    const watch = setInterval(() => {
      if (this.isSilent) this.cut('Nothing was heard for too long.');
    }, this.limitMs / 4);
    try {
      // A token function or a fetch that never comes back must not keep it either.
      await Promise.race([this.read(), rejection(this.abort.signal)]);
      return { type: 'ended' };
    } catch (error) {
      return error instanceof StreamRefused
        ? { type: 'refused', problem: error.problem, retryAfterMs: error.retryAfterMs }
        : { type: 'broken', problem: problemOf(error) };
    } finally {
      clearInterval(watch);
      this.abort.abort();
    }
  }

  cut(why: string): void {
    this.abort.abort(new PullcordError(networkProblem(why)));
  }

  /** By the clock on the wall: timers stand still while a machine sleeps. */
  get isSilent(): boolean {
    // A clock that was set back would otherwise wait for as long again.
    return Math.abs(Date.now() - this.heardAt) >= this.limitMs;
  }

  get ageMs(): number {
    return Date.now() - this.startedAt;
  }

  private get limitMs(): number {
    const { silenceLimitMs, requestTimeoutMs } = this.settings;
    return this.openedAt === undefined ? Math.min(silenceLimitMs, requestTimeoutMs) : silenceLimitMs;
  }

  private read(): Promise<void> {
    const { signal: ended } = this.abort;
    const whileOpen = <Rest extends readonly unknown[]>(call: (...rest: Rest) => void) => {
      return (...rest: Rest): void => {
        if (!ended.aborted) call(...rest);
      };
    };
    return readStream(
      this.settings,
      {
        heard: () => (this.heardAt = Date.now()),
        retry: (ms) => (this.retryMs = ms),
        opened: whileOpen(() => {
          this.openedAt = this.heardAt = Date.now();
          this.events.opened();
        }),
        signal: whileOpen((signal) => this.events.signal(signal)),
      },
      ended,
    );
  }
}

const rejection = (abort: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    abort.addEventListener('abort', () => reject(problemError(abort.reason)), { once: true });
  });

const problemError = (reason: unknown): Error =>
  reason instanceof Error ? reason : new PullcordError(networkProblem('The connection was ended.'));
