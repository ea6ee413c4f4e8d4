import type { Settings } from '../settings.js';
import { LeaderWatch } from './leader-watch.js';
import { Leadership } from './leadership.js';
import { ReconnectingStream, type StreamView } from './reconnecting-stream.js';
import type { Connection, ConnectionEvents } from './stream-source.js';
import { TabChannel, type TabWord } from './tab-words.js';
import { onWakeUps } from './wake-ups.js';

/**
 * The tabs that hear the same signals. One leads: it has the stream, and passes on what comes. Each of the others stands in
 * line for the lead. A tab that cannot hear its leader any more takes the lead away from it: a frozen page holds its lock,
 * and says nothing. So there may be two streams for a moment, never none for long, and what comes twice does no harm.
 */
export class TabCircle implements Connection {
  private readonly channel: TabChannel;
  private readonly leadership: Leadership;
  private readonly watch: LeaderWatch;
  private readonly timer: ReturnType<typeof setInterval>;
  private readonly stopWakeUps: () => void;
  /** The leader's. */
  private stream: ReconnectingStream | undefined;
  private view: StreamView = { status: 'connecting', failures: 0 };
  /** Signals may have gone by unheard, until a leader answers. */
  private isJoining = true;

  constructor(
    name: string,
    private readonly settings: Settings,
    private readonly events: ConnectionEvents,
  ) {
    const askAfterMs = settings.silenceLimitMs / 9;
    this.watch = new LeaderWatch(askAfterMs, Date.now());
    this.channel = new TabChannel(name, (word) => this.hear(word));
    this.leadership = new Leadership(name, {
      won: () => this.lead(),
      lost: () => this.follow(),
      failed: () => this.lead(),
    });
    this.timer = setInterval(() => this.look(), askAfterMs);
    this.stopWakeUps = onWakeUps({ woken: () => this.look() });
    this.follow();
  }

  retryNow(): void {
    if (this.stream) this.stream.retryNow();
    else this.channel.say({ type: 'retry' });
  }

  end(): void {
    clearInterval(this.timer);
    this.stopWakeUps();
    this.stream?.end();
    this.channel.close();
    this.leadership.resign();
  }

  private follow(): void {
    this.stream?.end();
    this.stream = undefined;
    this.show(this.view);
    this.join();
    this.leadership.standInLine();
  }

  private lead(): void {
    this.stream = new ReconnectingStream(this.settings, {
      changed: (view) => {
        this.show(view);
        this.channel.say({ type: 'view', view });
      },
      connected: () => {
        this.events.connected();
        this.channel.say({ type: 'connected' });
      },
      signal: (signal) => {
        this.events.signal(signal);
        this.channel.say({ type: 'signal', signal });
      },
    });
    void this.stream.run();
  }

  private join(): void {
    this.isJoining = true;
    this.channel.say({ type: 'hello' });
  }

  private hear(word: TabWord): void {
    if (this.stream) this.hearAsLeader(word, this.stream);
    else this.hearAsFollower(word);
  }

  private hearAsLeader(word: TabWord, stream: ReconnectingStream): void {
    if (word.type === 'hello') this.channel.say({ type: 'view', view: this.view, isAnswer: true });
    if (word.type === 'retry') stream.retryNow();
  }

  private hearAsFollower(word: TabWord): void {
    if (word.type === 'hello' || word.type === 'retry') return;
    this.watch.heard(Date.now());
    if (word.type === 'signal') return this.events.signal(word.signal);
    if (word.type === 'view') this.show(word.view);
    const isLiveHere = word.type === 'view' && word.isAnswer && word.view.status === 'live' && this.isJoining;
    if (word.type === 'connected' || isLiveHere) {
      this.isJoining = false;
      this.events.connected();
    }
  }

  /** Asks a leader that says nothing, and does without one that does not answer. */
  private look(): void {
    if (this.stream) return;
    const verdict = this.watch.look(Date.now());
    if (verdict === 'join') this.join();
    if (verdict === 'ask') this.channel.say({ type: 'hello' });
    if (verdict !== 'gone') return;
    this.watch.heard(Date.now());
    this.leadership.take();
  }

  private show(view: StreamView): void {
    this.view = view;
    this.events.changed({ ...view, isShared: this.stream === undefined });
  }
}
