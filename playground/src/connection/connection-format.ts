// What the stream of signals is like, in a word. Pure.
import type { ConnectionView } from '@pullcord/client';

export interface ConnectionWords {
  readonly label: string;
  readonly tone: 'live' | 'waits' | 'gone';
  /** More of it, for those who point at it. */
  readonly hint?: string;
}

export function describeConnection(connection: ConnectionView, isOnline: boolean): ConnectionWords {
  const { status, failures, problem, isShared } = connection;
  const hint = problem ? { hint: problem.detail } : {};
  switch (status) {
    case 'live':
      return {
        label: 'Live',
        tone: 'live',
        hint: isShared ? 'Another tab hears for this one' : 'Signals come',
      };
    case 'idle':
      return { label: 'Idle', tone: 'waits' };
    case 'connecting':
      if (!isOnline) return { label: 'Offline', tone: 'gone', ...hint };
      return { label: failures > 0 ? 'Reconnecting…' : 'Connecting…', tone: 'waits', ...hint };
    case 'waiting':
      return isOnline
        ? { label: 'Reconnecting…', tone: 'waits', ...hint }
        : { label: 'Offline', tone: 'gone', ...hint };
    case 'refused':
      return { label: 'Offline', tone: 'gone', ...hint };
  }
}

/** Whole seconds, never less than none. */
export const secondsUntil = (time: number, now: number): number =>
  Math.max(0, Math.ceil((time - now) / 1000));
