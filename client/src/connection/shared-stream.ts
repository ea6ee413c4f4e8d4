import type { Settings } from '../settings.js';
import { reconnectingStream } from './reconnecting-stream.js';
import type { Connection, ConnectionEvents } from './stream-source.js';
import { tabCircle } from './tab-circle.js';

/** Pages and workers of one origin can share, where the origin is one to trust. Node has channels, but no origin. */
export const canShare = (): boolean =>
  typeof location !== 'undefined' &&
  typeof BroadcastChannel === 'function' &&
  typeof crypto?.subtle?.digest === 'function' &&
  navigator.locks !== undefined;

/**
 * One stream for all tabs of one origin that speak to the same server as the same user. The circle's name is made of both,
 * the user's token as a hash, so that two users never hear each other's signals; a tab whose token changes changes circles.
 */
export function sharedStream(settings: Settings, events: ConnectionEvents): Connection {
  let connection: Connection | undefined;
  let isEnded = false;

  const enter = async (): Promise<void> => {
    const name = await circleOf(settings, inTime(settings.token(), settings.requestTimeoutMs)).catch(
      () => '',
    );
    if (isEnded) return;
    /** The token to open the circle's stream with; another user's is not. */
    const token = async (): Promise<string | undefined> => {
      const now = settings.token();
      if ((await circleOf(settings, now)) !== name) move();
      return now;
    };
    try {
      connection = name ? tabCircle(name, { ...settings, token }, events) : undefined;
    } catch {
      // A sandboxed frame has no origin, hence no channels.
    }
    // A stream of one's own knows what to do about a token that cannot be had.
    connection ??= reconnectingStream(settings, events);
  };

  const move = (): void => {
    if (isEnded) return;
    connection?.end();
    connection = undefined;
    void enter();
  };

  events.changed({ status: 'connecting', failures: 0, isShared: true });
  void enter();
  return {
    retryNow: () => connection?.retryNow(),
    end() {
      isEnded = true;
      connection?.end();
    },
  };
}

/** Tabs of another version of the circle's words are another circle. */
async function circleOf({ baseUrl }: Settings, token: Promise<string | undefined>): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(await token));
  return `pullcord/1 ${baseUrl} ${new Uint8Array(hash).join('.')}`;
}

const inTime = <Answer>(answer: Promise<Answer>, ms: number): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('No token came.')), ms);
    void answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
