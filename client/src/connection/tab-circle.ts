import type { Signal } from '../generated/types.gen.js';
import type { Settings } from '../settings.js';
import type { ConnectionView } from '../views.js';
import { watchLeader } from './leader-watch.js';
import { leadershipOf } from './leadership.js';
import { reconnectingStream } from './reconnecting-stream.js';
import type { Connection, ConnectionEvents } from './stream-source.js';
import { onWakeUps } from './wake-ups.js';

/** What the tabs of one circle say to each other. The leader alone says the first three. */
type TabWord =
  /** How its stream is; `isAnswer`: to a `hello`. */
  | { readonly type: 'view'; readonly view: ConnectionView; readonly isAnswer?: boolean }
  | { readonly type: 'connected' }
  | { readonly type: 'signal'; readonly signal: Signal }
  /** Is there a leader? */
  | { readonly type: 'hello' }
  | { readonly type: 'retry' };

/**
 * The tabs that hear the same signals. One leads: it has the stream, and passes on what comes. Each of the others stands in
 * line for the lead. A tab that cannot hear its leader any more takes the lead away from it: a frozen page holds its lock,
 * and says nothing. So there may be two streams for a moment, never none for long, and what comes twice does no harm.
 * Throws where the page has no origin.
 */
export function tabCircle(name: string, settings: Settings, events: ConnectionEvents): Connection {
  const channel = new BroadcastChannel(name);
  const say = (word: TabWord): void => channel.postMessage(word);
  const askAfterMs = settings.silenceLimitMs / 9;
  const watch = watchLeader(askAfterMs, Date.now());
  let view: ConnectionView = { status: 'connecting', failures: 0, isShared: true };
  let isLeading = false;
  /** The leader's. */
  let stream: Connection | undefined;
  /** Signals may have gone by unheard, until a leader answers. */
  let isJoining = true;

  const show = (next: ConnectionView): void => {
    view = { ...next, isShared: !isLeading };
    events.changed(view);
  };

  const lead = (): void => {
    isLeading = true;
    stream = reconnectingStream(settings, {
      changed(next) {
        show(next);
        say({ type: 'view', view: next });
      },
      connected() {
        events.connected();
        say({ type: 'connected' });
      },
      signal(signal) {
        events.signal(signal);
        say({ type: 'signal', signal });
      },
    });
  };

  const join = (): void => {
    isJoining = true;
    say({ type: 'hello' });
  };

  const follow = (): void => {
    isLeading = false;
    stream?.end();
    show(view);
    join();
    leadership.standInLine();
  };

  const hearAsFollower = (word: TabWord): void => {
    if (word.type === 'hello' || word.type === 'retry') return;
    watch.heard(Date.now());
    if (word.type === 'signal') return events.signal(word.signal);
    if (word.type === 'view') {
      show(word.view);
      if (!isJoining || !word.isAnswer || word.view.status !== 'live') return;
    }
    isJoining = false;
    events.connected();
  };

  channel.onmessage = ({ data: word }: MessageEvent<TabWord>) => {
    if (!isLeading) hearAsFollower(word);
    else if (word.type === 'hello') say({ type: 'view', view, isAnswer: true });
    else if (word.type === 'retry') stream?.retryNow();
  };

  /** Asks a leader that says nothing, and does without one that does not answer. */
  const look = (): void => {
    if (isLeading) return;
    const verdict = watch.look(Date.now());
    if (verdict === 'join') join();
    if (verdict === 'ask') say({ type: 'hello' });
    if (verdict !== 'gone') return;
    watch.heard(Date.now());
    leadership.take();
  };

  const leadership = leadershipOf(name, lead, follow);
  const timer = setInterval(look, askAfterMs);
  const stopWakeUps = onWakeUps(look);
  follow();
  return {
    retryNow: () => (isLeading ? stream?.retryNow() : say({ type: 'retry' })),
    end() {
      clearInterval(timer);
      stopWakeUps();
      stream?.end();
      channel.close();
      leadership.resign();
    },
  };
}
