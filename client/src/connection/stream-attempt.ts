import { networkProblem, problemOf, PullcordError } from '../problem.js';
import type { Settings } from '../settings.js';
import { readStream, type StreamReader } from './read-stream.js';

export interface StreamAttempt {
  /** Why it has ended; undefined when it was the server's will: its age had come, or it is about to stop. Never rejects. */
  readonly ended: Promise<PullcordError | undefined>;
  isSilent(): boolean;
  cut(why: string): void;
}

/**
 * One connection, from the request to its end. It always ends: by the server, by the network, by `cut`, or by silence,
 * since a network may swallow a connection without a word. Once it has ended it tells of nothing more.
 */
export function attemptStream(settings: Settings, reader: Omit<StreamReader, 'heard'>): StreamAttempt {
  const { silenceLimitMs, requestTimeoutMs } = settings;
  const abort = new AbortController();
  let limitMs = Math.min(silenceLimitMs, requestTimeoutMs);
  let heardAt = Date.now();
  // By the clock on the wall, since timers stand still while a machine sleeps; and whether or not it was set back.
  const isSilent = (): boolean => Math.abs(Date.now() - heardAt) >= limitMs;
  const cut = (why: string): void => abort.abort(new PullcordError(networkProblem(why)));
  const watch = setInterval(() => isSilent() && cut('Nothing was heard for too long.'), limitMs / 4);
  const heard = (): void => void (heardAt = Date.now());
  const opened = (): void => {
    heard();
    limitMs = silenceLimitMs;
    reader.opened();
  };
  const reading = readStream(settings, { ...reader, opened, heard }, abort.signal);
  // A token function or a fetch that never comes back must not keep it either.
  const ended = Promise.race([reading, rejection(abort.signal)]).then(() => undefined, toPullcordError);
  void ended.then(() => {
    clearInterval(watch);
    abort.abort();
  });
  return { ended, isSilent, cut };
}

const rejection = (abort: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    abort.addEventListener('abort', () => reject(abort.reason as Error));
  });

const toPullcordError = (error: unknown): PullcordError =>
  error instanceof PullcordError ? error : new PullcordError(problemOf(error));
